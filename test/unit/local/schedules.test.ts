import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalFunction } from '../../../scripts/local/functions.ts';
import { type Schedules, startSchedules } from '../../../scripts/local/schedules.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';

const scheduled = (name: string, everyMinutes: number, invoke: LocalFunction['invoke']): LocalFunction => ({
  spec: {
    name,
    summary: '',
    trigger: { kind: 'schedule', everyMinutes },
    uses: [],
    timeoutSeconds: 10,
    memoryMb: 128,
  },
  checkConfiguration: () => undefined,
  invoke,
});

describe('schedules', () => {
  let schedules: Schedules | undefined;
  beforeEach(() => void vi.useFakeTimers());
  afterEach(async () => {
    await schedules?.stop();
    vi.useRealTimers();
  });

  it('run at their own rate, not at once', async () => {
    const often = vi.fn(async () => ({}));
    const seldom = vi.fn(async () => ({}));
    schedules = startSchedules([scheduled('often', 1, often), scheduled('seldom', 3, seldom)], silentLogger);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(often).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(121_000);
    expect([often.mock.calls.length, seldom.mock.calls.length]).toEqual([3, 1]);
    expect(often).toHaveBeenCalledWith(
      expect.objectContaining({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event' }),
    );
  });

  it('run more often where the host is told so', async () => {
    const invoke = vi.fn(async () => ({}));
    schedules = startSchedules([scheduled('work', 60, invoke)], silentLogger, 2);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(invoke).toHaveBeenCalledTimes(3);
  });

  it('never run twice at once, neither by the clock nor by hand', async () => {
    let release = Promise.withResolvers<object>();
    const invoke = vi.fn(() => release.promise);
    schedules = startSchedules([scheduled('work', 1, invoke)], silentLogger);
    await vi.advanceTimersByTimeAsync(60_000);
    const byHand = schedules.run('work');
    await vi.advanceTimersByTimeAsync(120_000);
    expect(invoke).toHaveBeenCalledTimes(1);
    const first = release;
    release = Promise.withResolvers();
    first.resolve({ run: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(invoke).toHaveBeenCalledTimes(2);
    release.resolve({ run: 2 });
    expect(await byHand).toEqual({ run: 2 });
  });

  it('go on after a failure, which is logged', async () => {
    const error = vi.fn();
    const invoke = vi.fn().mockRejectedValueOnce(new Error('once')).mockResolvedValue({});
    schedules = startSchedules([scheduled('work', 1, invoke)], { ...silentLogger, error });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(invoke).toHaveBeenCalledTimes(2);
    expect(error).toHaveBeenCalledExactlyOnceWith('scheduled run failed', {
      function: 'work',
      error: 'Error: once',
    });
  });

  it('hand the failure to who runs one by hand, and know no other names', async () => {
    const invoke = vi.fn().mockRejectedValue(new Error('broken'));
    schedules = startSchedules([scheduled('work', 1, invoke)], silentLogger);
    await expect(schedules.run('work')).rejects.toThrow('broken');
    await expect(schedules.run('other')).rejects.toThrow('no scheduled function is called other');
  });

  it('wait at a stop for what runs, and start nothing more', async () => {
    const release = Promise.withResolvers<object>();
    const invoke = vi.fn(() => release.promise);
    schedules = startSchedules([scheduled('work', 1, invoke)], silentLogger);
    await vi.advanceTimersByTimeAsync(60_000);
    let stopped = false;
    const stopping = schedules.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(300_000);
    expect(stopped).toBe(false);
    release.resolve({});
    await stopping;
    expect(invoke).toHaveBeenCalledTimes(1);
  });
});
