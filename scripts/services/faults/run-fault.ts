import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../../shared/kernel/ids.ts';
import type { WatchedQueue } from './dead-letters.ts';
import { compare, type Stores } from './stores.ts';
import { repeatUnacknowledged, startLoad } from './write-load.ts';

/** Something that goes away and comes back. */
export interface Fault {
  readonly name: string;
  kill(): Promise<void>;
  /** Answers when it can be used again. */
  restore(): Promise<void>;
  /** With it everything that waits in the queue is gone. */
  readonly forgetsQueue?: boolean;
}

export interface FaultReport {
  fault: string;
  tried: number;
  acknowledged: number;
  refused: number;
  unanswered: number;
  /** Answers that are neither success nor "try again", in full. */
  failures: string[];
  /** Seconds from the kill until it could be used again. */
  away: number;
  lost: number;
  /** Writes that took effect more than once, repetitions under their key included. */
  twice: number;
  /** Seconds after everything ran again and the load had ended; undefined: it did not within its time. */
  converged: number | undefined;
  /** What no consumer can work on: injected, found in the dead-letter queue, and what else was there. */
  injected: number;
  poison: number;
  strangers: number;
}

export interface Stage {
  readonly url: string;
  token(tenant: string): Promise<string>;
  readonly stores: Stores;
  readonly queue: WatchedQueue;
  /** Of one load. */
  readonly seconds: number;
}

const outageMs = 3_000;
const convergenceSeconds = 120;
const pollMs = 250;

/** A load of writes with a fault in its middle, and what is left of both when everything runs again. */
export async function runFault(fault: Fault, stage: Stage): Promise<FaultReport> {
  const { stores, queue, seconds } = stage;
  const tenant = `faults-${newId()}`;
  const options = { url: stage.url, token: await stage.token(tenant), seconds };
  await queue.takeDeadLetters();
  const injected = fault.forgetsQueue ? [] : await queue.poison();

  const load = startLoad(options);
  await delay((seconds * 1000) / 3);
  const killed = Date.now();
  await fault.kill();
  await delay(outageMs);
  await fault.restore();
  const away = secondsSince(killed);
  if (fault.forgetsQueue) injected.push(...(await queue.poison()));
  await load.finished;

  const calm = Date.now();
  const converged = (await until(() => stores.agree(tenant))) ? secondsSince(calm) : undefined;
  const counts = Map.groupBy(load.writes, ({ outcome }) => outcome);
  const report = {
    fault: fault.name,
    tried: load.writes.length,
    acknowledged: counts.get('acknowledged')?.length ?? 0,
    refused: counts.get('refused')?.length ?? 0,
    unanswered: counts.get('unanswered')?.length ?? 0,
    failures: (counts.get('failed') ?? []).map(({ answer = '' }) => answer),
    away,
    converged,
  };

  await repeatUnacknowledged(load.writes, options);
  const effects = await stores.effects(tenant);
  await until(async () => (await queue.deadLetters()) >= injected.length && (await queue.isEmpty()));
  const dead = await queue.takeDeadLetters();
  const known = injected.filter((body) => dead.includes(body));
  return {
    ...report,
    ...compare(load.writes, effects),
    injected: injected.length,
    poison: known.length,
    strangers: dead.length - known.length,
  };
}

/** Whether the fault did no harm that lasts. */
export const isHarmless = (report: FaultReport): boolean =>
  report.acknowledged > 0 &&
  report.failures.length === 0 &&
  report.lost === 0 &&
  report.twice === 0 &&
  report.converged !== undefined &&
  report.poison === report.injected &&
  report.strangers === 0;

/** A store that is still on its way back counts as not yet. */
async function until(condition: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + convergenceSeconds * 1000; Date.now() < deadline; ) {
    if (await condition().catch(() => false)) return true;
    await delay(pollMs);
  }
  return false;
}

const secondsSince = (start: number) => Math.round((Date.now() - start) / 100) / 10;
