import type { Rate } from '../contracts/tenant-limits.ts';

/**
 * The generic cell rate algorithm: a token bucket that is kept as one time, the one at which it would be full again.
 * Each token moves it on by the interval between two tokens; the bucket is empty when it lies a whole burst ahead.
 * All times are whole microseconds, so that stores compare them exactly.
 */
const microseconds = 1_000_000;

/** Between two tokens. Rounded up, so that never more are given than the rate says. */
const interval = ({ perSecond }: Rate): number => Math.ceil(microseconds / perSecond);

/** What so many tokens move the arrival on. */
export const costOf = (rate: Rate, tokens: number): number => tokens * interval(rate);

/** Tokens that can be taken now. */
export function tokensAt(rate: Rate, arrival: number, now: number): number {
  const ahead = Math.max(arrival, now) - now;
  return Math.max(0, Math.floor((costOf(rate, rate.burst) - ahead) / interval(rate)));
}

/** Microseconds until so many can be taken; 0 or less when they can be now. */
export const waitFor = (rate: Rate, tokens: number, arrival: number, now: number): number =>
  Math.max(arrival, now) + costOf(rate, tokens) - costOf(rate, rate.burst) - now;

/** Whole seconds, rounded up: who waits that long does not come too early. */
export const wholeSeconds = (wait: number): number => Math.max(1, Math.ceil(wait / microseconds));

export const microsecondsOf = (date: Date): number => date.getTime() * 1_000;
