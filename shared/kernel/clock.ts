/** The time as a use case sees it, so that tests can set it. Durations are measured on it too, in milliseconds. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Milliseconds since a moment, on the same clock. */
export const elapsedMs = (clock: Clock, since: Date): number => clock.now().getTime() - since.getTime();
