import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Alarms } from './alarms.ts';

/**
 * Two pairs of windows after the SRE workbook, for a budget of thirty days: at 14.4 times the pace an hour takes two
 * per cent of it, at six times six hours take five.
 */
const burns = [
  {
    name: 'fast-burn',
    severity: 'critical',
    factor: 14.4,
    long: Duration.hours(1),
    short: Duration.minutes(5),
  },
  { name: 'slow-burn', severity: 'warning', factor: 6, long: Duration.hours(6), short: Duration.minutes(30) },
] as const;

/**
 * Alarms for an objective whose error budget burns too fast.
 * @param budgetPercent how many of a hundred requests may miss the objective
 * @param missedPercent how many of a hundred missed it within a period
 */
export function watchBudget(
  alarms: Alarms,
  objective: string,
  budgetPercent: number,
  missedPercent: (period: Duration) => IMetric,
): void {
  for (const { name, severity, factor, long, short } of burns) {
    // rounded, so that 0.1 does not become 0.09999999999999432
    const above = Number((factor * budgetPercent).toFixed(4));
    alarms.addAll(`${objective}-${name}`, severity, {
      long: { metric: missedPercent(long), above },
      short: { metric: missedPercent(short), above },
    });
  }
}
