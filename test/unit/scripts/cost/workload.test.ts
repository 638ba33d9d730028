import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../../../../scripts/cost/workload.ts';

const least = ['--tenants', '3', '--memories', '1e6', '--writes-per-day', '10'];

describe('arguments', () => {
  it('are read, with as many recalls as writes and a client for each tenant unless said otherwise', () => {
    expect(parseWorkload(least)).toEqual({
      tenants: 3,
      memories: 1_000_000,
      writesPerDay: 10,
      recallsPerDay: 10,
      connections: 3,
      messagesPerDay: 0,
      content: 'short',
      stage: 'prod',
    });
    expect(parseWorkload([...least, '--connections', '0', '--content', 'long'])).toMatchObject({
      connections: 0,
      content: 'long',
    });
  });

  it.each([
    [['--memories', '1', '--writes-per-day', '1'], /--tenants: .*npm run cost/],
    [['--tenants', '0', '--memories', '1', '--writes-per-day', '1'], /--tenants: /],
    [['--tenants', '1', '--memories', '', '--writes-per-day', '1'], /--memories: /],
    [['--tenants', '1', '--memories', '-1', '--writes-per-day', '1'], /npm run cost/],
    [['--tenants', '1', '--memories=-1', '--writes-per-day', '1'], /--memories: /],
    [['--tenants', '1', '--memories', '1.5', '--writes-per-day', '1'], /--memories: /],
    [[...least, '--stage', 'moon'], /--stage: /],
    [[...least, '--content', 'none'], /--content: /],
    [['--colour', 'red'], /--colour/],
  ])('%j are refused in one line', (args, message) => {
    expect(() => parseWorkload(args)).toThrow(message);
    expect(() => parseWorkload(args)).toThrow(/^[^\n]+$/);
  });
});
