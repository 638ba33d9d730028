import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../../infra/stages/index.ts';
import { byItem, times, totalOf } from '../../../../scripts/cost/lines.ts';
import { memoryBytes } from '../../../../scripts/cost/row-bytes.ts';
import { firstTracesLine } from '../../../../scripts/cost/runs.ts';
import { paidAcu, postgresLine, recallLines, writeLines } from '../../../../scripts/cost/usage.ts';

const prod = settingsOf('prod');
const million = 1e6;
/** What a run leaves in the log costs to write, and to keep for ninety days at a fifteenth of its size. */
const log = 1.5e-6 * (0.5 + (0.15 * 90 * 0.03 * 24) / 730);

describe('what a million costs', () => {
  it('is known for memories at rest', () => {
    expect(memoryBytes('short').warm).toBe(723 + 623 + 684 + 116 + 616 + 107 + 150 + 106);
    expect(totalOf([postgresLine(prod, million * memoryBytes('short').warm)])).toBeCloseTo(0.3125);
    expect(totalOf([postgresLine(settingsOf('emulated'), 1e9)])).toBe(0);
  });

  it('is less for memories in the archive, the more they say', () => {
    const saved = (content: 'short' | 'long') => 1 - memoryBytes(content).cold / memoryBytes(content).warm;
    expect(saved('short')).toBeGreaterThan(0);
    expect(saved('long')).toBeGreaterThan(2 * saved('short'));
  });

  it('is known for writes', () => {
    const sums = byItem(times(million, writeLines(prod, 1)));
    // one request and a fiftieth of a token
    expect(sums.get('API Gateway')).toBeCloseTo(1.02);
    expect(sums.get('keys and secrets')).toBeCloseTo(0.06);
    expect(sums.get('DynamoDB')).toBeCloseTo(1.375);
    expect(sums.get('SQS')).toBeCloseTo(0.48);
    expect(sums.get('WebSocket')).toBeCloseTo(1);
    // an event of 600 bytes, in the bus's archive for ninety days
    expect(sums.get('EventBridge')).toBeCloseTo(1 + 0.06 + (0.6 * 90 * 24 * 0.023) / 730);
    // 1 GB × 5.75 ms, a tenth of 0.5 GB × 0.5 s, 0.5 GB × 20 ms, a fiftieth of 0.5 GB × 30 ms; 2.12 calls at 0.2
    expect(sums.get('Lambda')).toBeCloseTo((0.00575 + 0.025 + 0.01 + 0.0003) * 13.3334 + 0.424);
    expect(sums.get('logs and traces')).toBeCloseTo(million * 2.12 * log + 0.25);
    // two thirds of the way to Postgres lead into another zone
    expect(sums.get('between zones')).toBeCloseTo(((6_000 + 600) * (2 / 3) * 0.02) / 1e3);
    expect(sums.get('Aurora backups')).toBeCloseTo((3 * 35 * 24 * 0.021) / 730);
  });

  it('is nothing for backups of a day', () => {
    expect(byItem(writeLines(settingsOf('dev'), 0)).get('Aurora backups')).toBe(0);
  });

  it('is known for recalls', () => {
    const sums = byItem(times(million, recallLines(prod, { function: 0.1, database: 0 })));
    expect(sums.get('Lambda')).toBeCloseTo(1.53334 + 0.02 * (0.015 * 13.3334 + 0.2));
    expect(sums.get('logs and traces')).toBeCloseTo(million * 1.02 * log + 0.25);
  });
});

describe('traces', () => {
  it('are those of the first request of each second, and a share of the others', () => {
    const seconds = 730 * 3_600;
    expect(firstTracesLine(prod, 86_400 * 10).quantity).toBeCloseTo(0.95 * seconds);
    expect(firstTracesLine(prod, 43_200).quantity).toBeCloseTo(0.95 * seconds * 0.5);
    expect(firstTracesLine(settingsOf('emulated'), 86_400).quantity).toBe(0);
  });
});

describe('capacity', () => {
  it('is paid for within the limits of the stage', () => {
    expect(paidAcu(prod, { averageAcu: 0.1 })).toBe(2);
    expect(paidAcu(prod, { averageAcu: 7 })).toBe(7);
    expect(paidAcu(prod, { averageAcu: 1_000 })).toBe(64);
    expect(paidAcu(settingsOf('emulated'), { averageAcu: 7 })).toBe(0);
  });
});
