import type { Settings } from '../../infra/settings.ts';
import { assumptions as a } from './assumptions.ts';
import { specNamed } from './inventory.ts';
import { type Line, line, times } from './lines.ts';

/** Written, and kept for as long as the stage keeps logs. */
export const logLines = ({ logDays }: Pick<Settings, 'logDays'>, gb: number): Line[] => [
  line('logs and traces', gb, 'logGb'),
  line('logs and traces', (gb * a.logKeptShare * logDays) / a.daysPerMonth, 'logGbMonth'),
];

/** One run of a function. */
export const runLines = (settings: Settings, name: string, seconds: number): Line[] => [
  line('Lambda', 1, 'lambdaRequest'),
  line('Lambda', (specNamed(name).memoryMb / 1024) * seconds, 'lambdaGbSecond'),
  ...logLines(settings, a.logBytes / 1e9),
];

/** What leaves a function for Postgres, in another zone more often than not. */
export const betweenZonesLine = ({ network }: Settings, bytes: number): Line => {
  const zones = network?.zones.length ?? 1;
  return line('between zones', (bytes * (zones - 1)) / zones / 1e9, 'crossZoneGb');
};

/** What leaves a function for something outside of AWS, or without a private endpoint. */
export const natLine = ({ network }: Settings, bytes: number): Line =>
  line('NAT data', network ? bytes / 1e9 : 0, 'natGb');

/** One token of the service's own issuer. */
export const tokenLines = (settings: Settings): Line[] =>
  settings.identity.kind === 'own'
    ? [
        line('API Gateway', 1, 'httpApiRequest'),
        ...runLines(settings, 'api-identity', a.tokenSeconds),
        line('keys and secrets', 1, 'signature'),
      ]
    : [];

/** One request to `api-memory`, without the database's capacity. */
export const requestLines = (settings: Settings, seconds: number, answerBytes: number): Line[] => [
  line('API Gateway', 1, 'httpApiRequest'),
  ...runLines(settings, 'api-memory', seconds),
  line('DynamoDB', a.limiterWriteUnits, 'dynamoWrite'),
  line('logs and traces', settings.tracing ? a.tracedShare : 0, 'trace'),
  line('answers to the internet', answerBytes / 1e9, 'egressGb'),
  ...times(1 / a.requestsPerToken, tokenLines(settings)),
];

/** The first request of each second is traced whatever the share. */
export const firstTracesLine = ({ tracing }: Settings, requestsPerDay: number): Line => {
  const seconds = a.hoursPerMonth * 3_600;
  const firsts = Math.min(1, requestsPerDay / 86_400) * seconds;
  return line('logs and traces', tracing ? firsts * (1 - a.tracedShare) : 0, 'trace');
};
