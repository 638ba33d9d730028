import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Fields of the invocation that is running, for its log lines. Kept per asynchronous context and not on the
 * logger, because the local host runs many invocations of one function at once.
 */
interface Invocation {
  readonly fields: Record<string, unknown>;
  readonly tallies: Map<string, number>;
}
const current = new AsyncLocalStorage<Invocation>();

export const withInvocation = <T>(fields: Record<string, unknown>, run: () => T): T =>
  current.run({ fields: { ...fields }, tallies: new Map() }, run);

/** Adds what is known by now, such as the operation and the tenant. Identifiers only, never content. */
export function annotate(fields: Record<string, unknown>): void {
  Object.assign(current.getStore()?.fields ?? {}, fields);
}

export const invocationFields = (): Readonly<Record<string, unknown>> => current.getStore()?.fields ?? {};

/** Counts something that happened on the way, for the metrics of the invocation. */
export function tally(name: string): void {
  const tallies = current.getStore()?.tallies;
  tallies?.set(name, (tallies.get(name) ?? 0) + 1);
}

export const invocationTallies = (): ReadonlyMap<string, number> => current.getStore()?.tallies ?? new Map();
