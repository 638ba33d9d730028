import { AppError } from '../../kernel/app-error.ts';
import type { Memory } from '../model.ts';
import type { MemoryStore, MemoryWrite, WriteFailure, WriteOutcome } from '../ports.ts';
import type { Warning } from '../warning.ts';
import type { WriteContext, WriteDeps } from './context.ts';
import { type Draft, deriveWrites } from './derive.ts';
import { refuseStrictOnCold } from './refuse-strict-on-cold.ts';
import { undoWrites } from './undo-writes.ts';
import { redactions, unresolvedReferences } from './warnings.ts';

export type Committed = { ok: true; memory: Memory; created: boolean; inGraph: boolean } | WriteFailure;

export interface CommitResult {
  /** In the order of the drafts. */
  items: Committed[];
  warnings: Warning[];
}

export const failure = (failed: WriteFailure): AppError =>
  new AppError(failed.code, failed.detail, { details: failed.details });

/** The memory as it is after the write: from what was written where that is known, else read back. */
async function memoriesAfter(
  tenantId: string,
  outcomes: WriteOutcome[],
  writes: MemoryWrite[],
  before: Memory | undefined,
  replayed: boolean,
  store: MemoryStore,
): Promise<Map<string, Memory>> {
  const written = outcomes.flatMap((outcome, index) =>
    outcome.ok ? [{ outcome, write: writes[index] }] : [],
  );
  const known = new Map<string, Memory>();
  const unknown: string[] = [];
  for (const { outcome, write } of written) {
    if (!write || replayed || (!outcome.created && before?.id !== outcome.id)) {
      unknown.push(outcome.id);
      continue;
    }
    known.set(outcome.id, {
      ...write.state,
      id: outcome.id,
      relationships: outcome.relationships,
      tier: 'warm',
      version: outcome.version,
      createdAt: before?.createdAt ?? outcome.writtenAt,
      updatedAt: outcome.writtenAt,
      accessCount: before?.accessCount ?? 0,
      ...(before?.lastAccessedAt !== undefined && { lastAccessedAt: before.lastAccessedAt }),
    });
  }
  for (const memory of await store.get(tenantId, unknown, { uncounted: true })) known.set(memory.id, memory);
  return known;
}

/**
 * The memory as this write made it. Others may have changed it since: before it was read back, or before a write
 * whose answer was lost came again. The caches are still filled with what is current.
 */
async function asWritten(
  tenantId: string,
  outcome: Extract<WriteOutcome, { ok: true }>,
  current: Memory | undefined,
  store: MemoryStore,
): Promise<Memory | undefined> {
  if (!current || current.version === outcome.version) return current;
  const memory = await store.atVersion(tenantId, outcome.id, outcome.version);
  return memory && { ...memory, relationships: outcome.relationships };
}

/**
 * The one way in which memories change: derive, one round trip to the store that decides, then, with the write
 * already durable, the graph within its budget and the cache beside it.
 *
 * @param before the memory that the single draft changes, where the caller has read it.
 * @throws AppError `graph_unavailable` when a strict write was undone.
 */
export async function commitWrites(
  context: WriteContext,
  drafts: Draft[],
  deps: WriteDeps,
  before?: Memory,
): Promise<CommitResult> {
  const { tenantId, actor, idempotency } = context;
  if (context.consistency === 'strict') await refuseStrictOnCold(tenantId, drafts, deps.memories);
  const { writes, warnings } = await deriveWrites(drafts, deps);
  const { outcomes, replayed } = await deps.memories.write({
    tenantId,
    actor,
    writes,
    ...(idempotency && { idempotency }),
  });

  const after = await memoriesAfter(tenantId, outcomes, writes, before, replayed, deps.memories);
  const changed = outcomes.flatMap((outcome) =>
    outcome.ok ? [{ id: outcome.id, version: outcome.version, created: outcome.created }] : [],
  );
  const present = [...after.values()].filter((memory) => memory.deletedAt === undefined);
  const gone = [...after.values()].filter((memory) => memory.deletedAt !== undefined);
  const [inGraph] = await Promise.all([
    changed.length > 0 ? deps.projector.project(tenantId, changed) : new Set<string>(),
    // of a cold one that was read back there is only an excerpt
    deps.hotCache.put(
      tenantId,
      present.filter((memory) => !memory.archived),
    ),
    deps.hotCache.remove(tenantId, gone),
  ]);

  if (context.consistency === 'strict' && changed.some(({ id }) => !inGraph.has(id))) {
    await undoWrites(context, changed, deps);
    throw new AppError(
      'graph_unavailable',
      'The graph did not take the write, so it was undone; try again.',
      {
        retryable: true,
      },
    );
  }

  const itemOf = async (outcome: WriteOutcome): Promise<Committed> => {
    if (!outcome.ok) return outcome;
    const memory = await asWritten(tenantId, outcome, after.get(outcome.id), deps.memories);
    // a replayed write whose memory was erased since: the effect is no longer there to answer with
    if (!memory) return { ok: false, code: 'gone', detail: 'This memory was deleted.', details: {} };
    return { ok: true, memory, created: outcome.created, inGraph: inGraph.has(outcome.id) };
  };
  const items = await Promise.all(outcomes.map(itemOf));
  return { items, warnings: [...warnings, ...redactions(drafts), ...unresolvedReferences(present)] };
}
