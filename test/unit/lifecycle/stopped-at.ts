import { expect } from 'vitest';
import type { ArchiveCatalogue, ArchivePacks } from '../../../shared/lifecycle/ports.ts';
import type { TierDeps } from '../../../shared/lifecycle/tier-to-archive.ts';
import type { MemoryDeps } from '../../support/memory-deps.ts';
import { tier } from './support.ts';

class Crash extends Error {}

/** Whether what is not done any more is the effect of a step, or what follows it. */
export type When = 'before' | 'after';

/** Counts the calls of all its ports; one of them ends the process, before or after it had its effect. */
function stoppedAt(call: number, when: When) {
  let calls = 0;
  let dead = false;
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          // what comes after the end does not happen: not even the tidying up
          if (dead) throw new Crash();
          calls += 1;
          if (calls !== call) return method.apply(target, args);
          dead = true;
          if (when === 'after') await method.apply(target, args);
          throw new Crash();
        };
      },
    });
  return { wrap, reached: () => dead };
}

/** A run of the archive that ends at one of its calls. Answers how it ended, and whether it came to that call. */
export async function tierStoppedAt(
  deps: MemoryDeps,
  call: number,
  when: When,
  given: Partial<TierDeps> = {},
) {
  const end = stoppedAt(call, when);
  const outcome = await tier(deps, {
    ...given,
    archiveCatalogue: end.wrap<ArchiveCatalogue>(deps.archiveCatalogue),
    archivePacks: end.wrap<ArchivePacks>(deps.archive),
  }).catch((error: unknown) => error);
  return { outcome, reached: end.reached() };
}

/**
 * Ends a run at each of its calls in turn, each time from the same beginning, and lets the caller look at what is left.
 * @returns the number of calls
 */
export async function stopAtEveryStep<T extends { deps: MemoryDeps }>(
  when: When,
  begin: () => Promise<T>,
  look: (left: T) => Promise<void>,
): Promise<number> {
  for (let steps = 0; ; steps += 1) {
    const left = await begin();
    const { outcome, reached } = await tierStoppedAt(left.deps, steps + 1, when);
    if (!reached) return steps;
    expect(outcome).toBeInstanceOf(Crash);
    await look(left);
  }
}
