import type { Settings } from '../../infra/settings.ts';
import { lifetimeSeconds } from '../../shared/access/issue-token.ts';
import { assumptions as a } from './assumptions.ts';
import { type Line, line, times } from './lines.ts';
import { natLine, runLines, tokenLines } from './runs.ts';

/** API Gateway ends every connection after two hours. */
const longestSeconds = 7_200;

/** A connection ends with its token; those of another issuer are taken to last as long as a connection may. */
export const sessionSecondsOf = ({ identity }: Pick<Settings, 'identity'>): number =>
  identity.kind === 'own' ? lifetimeSeconds : longestSeconds;

/** Subscribing, and then a word before each silence becomes too long. */
const saidPerSession = (settings: Settings): number =>
  1 + Math.floor(sessionSecondsOf(settings) / 60 / a.pingMinutes);

/** Calls that API Gateway counts: coming and going, what is said with its answers, the farewell and the end. */
export const callsPerSession = (settings: Settings): number => 2 + 2 * saidPerSession(settings) + 2;

/** Messages from the service to its clients, through the management API. */
export const pushLines = (settings: Settings, messages: number): Line[] =>
  times(messages, [
    line('WebSocket', 1, 'socketMessage'),
    line('answers to the internet', a.socketMessageBytes / 1e9, 'egressGb'),
    natLine(settings, a.managementCallBytes),
  ]);

/** What a client says: the function `socket` takes it, and answers. */
const saidLines = (settings: Settings): Line[] => [
  line('WebSocket', 1, 'socketMessage'),
  ...runLines(settings, 'socket', a.socketSeconds),
  line('DynamoDB', a.limiterWriteUnits, 'dynamoWrite'),
  ...pushLines(settings, 1),
];

/** A message between services, with the answer to who sent it. */
export const messageLines = (settings: Settings, recipients: number): Line[] => [
  ...saidLines(settings),
  ...pushLines(settings, recipients),
];

/**
 * A month of one client that listens to nothing in particular: as often as its token ends it is told so, and connects
 * anew; it subscribes, and says that it is there. Connecting and disconnecting are no messages.
 */
export function clientLines(settings: Settings): Line[] {
  const session = [
    ...tokenLines(settings),
    ...times(2, runLines(settings, 'socket', a.socketSeconds)),
    ...times(saidPerSession(settings), saidLines(settings)),
    ...pushLines(settings, 1),
  ];
  return [
    line('WebSocket', a.hoursPerMonth * 60, 'socketMinute'),
    ...times((a.hoursPerMonth * 3_600) / sessionSecondsOf(settings), session),
  ];
}
