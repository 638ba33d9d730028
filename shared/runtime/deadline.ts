import type { Context } from 'aws-lambda';
import type { Clock } from '../kernel/clock.ts';

/** Kept back from the function's time for answering, logging and flushing metrics. */
export const reserveMs = 500;

/** When work has to be done: the end of the function's time, less the reserve. */
export const deadlineOf = (context: Pick<Context, 'getRemainingTimeInMillis'>, clock: Clock): Date =>
  new Date(clock.now().getTime() + Math.max(0, context.getRemainingTimeInMillis() - reserveMs));
