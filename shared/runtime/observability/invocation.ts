import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Fields of the invocation that is running, for its log lines. Kept per asynchronous context and not on the
 * logger, because the local host runs many invocations of one function at once.
 */
const current = new AsyncLocalStorage<Record<string, unknown>>();

export const withInvocation = <T>(fields: Record<string, unknown>, run: () => T): T =>
  current.run({ ...fields }, run);

/** Adds what is known by now, such as the operation and the tenant. Identifiers only, never content. */
export function annotate(fields: Record<string, unknown>): void {
  Object.assign(current.getStore() ?? {}, fields);
}

export const invocationFields = (): Readonly<Record<string, unknown>> => current.getStore() ?? {};
