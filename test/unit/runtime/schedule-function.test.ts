import { describe, expect, it } from 'vitest';
import { spec } from '../../../functions/sweep-sync/spec.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { ScheduleHandler } from '../../../shared/runtime/handlers.ts';
import { scheduleFunction } from '../../../shared/runtime/schedule-function.ts';
import { context, provide, recordingHost } from './support.ts';

function scheduled(handler: ScheduleHandler<typeof spec>) {
  const recording = recordingHost();
  const providers = { syncState: provide({}), graphChanges: provide({}) } as never;
  const run = scheduleFunction(spec, handler, providers, recording.host);
  return { ...recording, run: (remaining?: number) => run({}, context(remaining)) };
}

describe('a scheduled run', () => {
  it('answers, logs and measures what it counted', async () => {
    const { run, lines, measures } = scheduled(async () => ({ resent: 3 }));
    expect(await run()).toEqual({ resent: 3 });
    expect(lines[0]?.fields).toMatchObject({ resent: 3 });
    expect(measures).toContainEqual({ name: 'resent', unit: 'Count', value: 3 });
  });

  it('rejects with the fault, which is logged as an error and counted', async () => {
    const fault = new AppError('store_unavailable', 'Away.', { retryable: true });
    const { run, lines, measures } = scheduled(() => Promise.reject(fault));
    await expect(run()).rejects.toBe(fault);
    expect(lines.at(-1)).toMatchObject({ level: 'error', fields: { error: { code: 'store_unavailable' } } });
    expect(measures).toContainEqual({ name: 'failures', unit: 'Count', value: 1 });
  });

  it('ends at its deadline', async () => {
    const { run } = scheduled(() => new Promise(() => undefined));
    await expect(run(510)).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });
});
