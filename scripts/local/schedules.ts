import { newId } from '../../shared/kernel/ids.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { embeddedAws } from './embedded/credentials.ts';
import type { LocalFunction } from './functions.ts';

export interface Schedules {
  /** Runs a scheduled function now, after the run that may be under way. Rejects with the function's error. */
  run(name: string): Promise<unknown>;
  /** Starts no further run and waits for those under way. */
  stop(): Promise<void>;
}

/** Calls every scheduled function at its rate, never twice at once. */
export function startSchedules(
  functions: readonly LocalFunction[],
  logger: Logger,
  /** Replaces the rate of all of them. */
  everySeconds?: number,
): Schedules {
  const timers: NodeJS.Timeout[] = [];
  const running = new Map<string, Promise<unknown>>();

  async function run(name: string): Promise<unknown> {
    const local = functions.find(({ spec }) => spec.name === name && spec.trigger.kind === 'schedule');
    if (local === undefined) throw new Error(`no scheduled function is called ${name}`);
    const before = running.get(name);
    const current = (before?.catch(() => undefined) ?? Promise.resolve()).then(() =>
      local.invoke(scheduledEvent(name)),
    );
    running.set(name, current);
    try {
      return await current;
    } finally {
      if (running.get(name) === current) running.delete(name);
    }
  }

  for (const { spec } of functions) {
    if (spec.trigger.kind !== 'schedule') continue;
    const seconds = everySeconds ?? spec.trigger.everyMinutes * 60;
    const tick = () => {
      if (running.has(spec.name)) return;
      run(spec.name).catch((error: unknown) =>
        logger.error('scheduled run failed', { function: spec.name, error: String(error) }),
      );
    };
    timers.push(setInterval(tick, seconds * 1000));
  }

  return {
    run,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.allSettled([...running.values()]);
    },
  };
}

const scheduledEvent = (name: string) => ({
  version: '0',
  id: newId(),
  'detail-type': 'Scheduled Event',
  source: 'aws.scheduler',
  account: '000000000000',
  time: new Date().toISOString(),
  region: embeddedAws.region,
  resources: [`arn:aws:scheduler:${embeddedAws.region}:000000000000:schedule/default/${name}`],
  detail: {},
});
