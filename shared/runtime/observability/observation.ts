import type { MiddlewareObj } from '@middy/core';
import { errorStatus } from '../../contracts/errors.ts';
import { isAppError } from '../../kernel/app-error.ts';
import type { Host } from '../host.ts';
import { describeError } from './describe-error.ts';
import { invocationFields, invocationTallies } from './invocation.ts';
import type { Measure } from './meter.ts';

export interface Description {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly measures: readonly Measure[];
}
export type Describe<R> = (response: R) => Description;

export const count = (name: string, value = 1): Measure => ({ name, unit: 'Count', value });

interface Finished<R> {
  readonly response: R | null | undefined;
}

const nothing: Description = { fields: {}, measures: [] };

/** One log line and one set of metrics per invocation, whatever its outcome. */
export function observation<E, R>(hosted: () => Host, describe: Describe<R>): MiddlewareObj<E, R> {
  let warm = false;
  const started = new WeakMap<object, { at: number; coldStart: boolean }>();

  const close = (request: Finished<R>, fault: { error: unknown } | undefined) => {
    const { clock, logger, meter } = hosted();
    const start = started.get(request);
    const durationMs = clock.now().getTime() - (start?.at ?? clock.now().getTime());
    // middy leaves the answer undefined when nothing recovered the failure
    const failed = request.response === undefined;
    const { fields, measures } = failed ? nothing : describe(request.response as R);
    meter.emit(
      [
        { name: 'latency', unit: 'Milliseconds', value: durationMs },
        ...(start?.coldStart ? [count('coldStarts')] : []),
        ...(failed ? [count('failures')] : []),
        ...measures,
        ...[...invocationTallies()].map(([name, value]) => count(name, value)),
      ],
      stringsOf(invocationFields()),
    );
    const line = { durationMs, coldStart: start?.coldStart ?? false, ...fields };
    if (fault && (failed || isFault(fault.error))) {
      // messages may quote content: only where someone asked for them
      logger.debug('message of the failure', { text: String(fault.error) });
      logger.error('invocation failed', { ...line, error: describeError(fault.error) });
    } else logger.info('invocation', line);
  };

  return {
    before: (request) => {
      started.set(request, { at: hosted().clock.now().getTime(), coldStart: !warm });
      warm = true;
    },
    after: (request) => close(request, undefined),
    onError: (request) => close(request, { error: request.error }),
  };
}

/** A refused request is the caller's affair: counted and logged, but no fault of the service. */
const isFault = (error: unknown) => !(isAppError(error) && errorStatus[error.code] < 500);

const stringsOf = (fields: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
