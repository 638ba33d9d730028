import type { Clock } from '../../shared/kernel/clock.ts';

/** A clock that stands still until it is moved. */
export function settableClock(start: string): Clock & { advance(seconds: number): void } {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance(seconds) {
      now += seconds * 1000;
    },
  };
}
