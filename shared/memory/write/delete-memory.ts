import type { z } from 'zod';
import type { deleteAnswer } from '../../contracts/memory/store.ts';
import { AppError } from '../../kernel/app-error.ts';
import { elapsedMs } from '../../kernel/clock.ts';
import { only } from './answers.ts';
import { type ChangeDeps, changeMemory } from './change-memory.ts';
import { failure } from './commit-writes.ts';
import type { WriteContext } from './context.ts';
import { redactionRun } from './redaction-run.ts';
import { stateOf } from './state-of.ts';

type Answer = z.output<typeof deleteAnswer>;
type DeleteContext = Omit<WriteContext, 'consistency'> & { ifMatch?: number };

export interface DeleteOptions {
  /** Erase it in every store instead of marking it. */
  hard: boolean;
  reason?: string;
}

const graphStep = (inGraph: boolean): Answer['receipt'][number] =>
  inGraph
    ? { store: 'graph', outcome: 'removed', count: 1 }
    : { store: 'graph', outcome: 'queued', count: 0 };

async function markDeleted(
  id: string,
  options: DeleteOptions,
  context: DeleteContext,
  deps: ChangeDeps,
): Promise<Answer> {
  const started = deps.clock.now();
  const result = await changeMemory(
    id,
    (current) => ({
      state: { ...stateOf(current), deletedAt: deps.clock.now().toISOString() },
      kind: 'deleted',
      embed: false,
      extractEntities: false,
      ...(options.reason !== undefined && {
        reason: redactionRun(deps.redactor(context.tenantId)).text(options.reason),
      }),
    }),
    // nobody should have to wait for Glacier to be rid of a memory
    { ...context, consistency: 'eventual', excerptSuffices: true },
    deps,
  );
  const { memory, inGraph } = only(result);
  return {
    id: memory.id,
    version: memory.version,
    hard: false,
    receipt: [
      { store: 'postgres', outcome: 'marked deleted', count: 1 },
      graphStep(inGraph),
      { store: 'cache', outcome: 'removed', count: 1 },
    ],
    metadata: {
      vectorWriteSuccess: true,
      graphWriteSuccess: inGraph,
      durationMs: elapsedMs(deps.clock, started),
    },
  };
}

async function erase(
  id: string,
  { tenantId, idempotency, ifMatch }: DeleteContext,
  deps: ChangeDeps,
): Promise<Answer> {
  const started = deps.clock.now();
  const { outcomes } = await deps.memories.erase({
    tenantId,
    items: [{ id, ...(ifMatch !== undefined && { expectedVersion: ifMatch }) }],
    ...(idempotency && { idempotency }),
  });
  const [outcome] = outcomes;
  if (!outcome) throw new AppError('internal', 'The deletion had no outcome.');
  if (!outcome.ok) throw failure(outcome);
  const { version, removed, archived } = outcome;
  const [inGraph, outOfCache] = await Promise.all([
    deps.projector.project(tenantId, [{ id, version }]).then((projected) => projected.has(id)),
    deps.hotCache.remove(tenantId, [{ id, version }]),
  ]);
  return {
    id,
    version,
    hard: true,
    receipt: [
      { store: 'postgres', outcome: 'erased', count: removed },
      graphStep(inGraph),
      outOfCache
        ? { store: 'cache', outcome: 'removed', count: 1 }
        : { store: 'cache', outcome: 'unreachable, expires by itself within a minute', count: 0 },
      archived > 0
        ? { store: 'archive', outcome: 'keys destroyed, what is left of it cannot be read', count: archived }
        : { store: 'archive', outcome: 'holds nothing', count: 0 },
      // messages name ids and versions alone, so there is nothing in a queue to erase
      { store: 'queue', outcome: 'holds no content', count: 0 },
    ],
    metadata: {
      vectorWriteSuccess: true,
      graphWriteSuccess: inGraph,
      durationMs: elapsedMs(deps.clock, started),
    },
  };
}

/**
 * Deletes a memory: marked as deleted and kept in its history, or, `hard`, erased in every store with a receipt
 * that lists each of them. The graph follows in both cases.
 */
export const deleteMemory = (
  id: string,
  options: DeleteOptions,
  context: DeleteContext,
  deps: ChangeDeps,
): Promise<Answer> => (options.hard ? erase(id, context, deps) : markDeleted(id, options, context, deps));
