import { isAppError } from '../kernel/app-error.ts';
import { chunksOf } from '../kernel/chunks-of.ts';
import type { MemoryProjection } from './model.ts';
import type { GraphProjection, SyncState } from './ports.ts';

export interface ProjectionPorts {
  syncState: SyncState;
  graph: GraphProjection;
}

export interface ProjectionFailure {
  id: string;
  /** As thrown by the port. */
  error: unknown;
}

export interface ProjectionResult {
  /** The version of each memory that the graph now has, or had a newer one of, and that the ledger knows of. */
  projected: Map<string, number>;
  /** Ids that are no memories of this tenant, not even deleted ones. */
  unknown: string[];
  failed: ProjectionFailure[];
}

/** States of one transaction of the graph. */
const statesAtOnce = 500;

/** Whether the same may succeed later. What is no `AppError` is a defect, of which a store may recover too. */
export const mayPass = (error: unknown): boolean => !isAppError(error) || error.retryable;

/**
 * Brings the graph up to the current state of some memories of a tenant: reads the state from Postgres, applies
 * it, and only then writes down that the graph has it. Stopped at any point, a repetition comes to the same end.
 * Never throws; each failure is in the result.
 */
export async function projectMemories(
  tenantId: string,
  ids: Iterable<string>,
  ports: ProjectionPorts,
): Promise<ProjectionResult> {
  const result: ProjectionResult = { projected: new Map(), unknown: [], failed: [] };
  for (const chunk of chunksOf([...new Set(ids)], statesAtOnce)) {
    try {
      await projectChunk(tenantId, chunk, ports, result);
    } catch (error) {
      const settled = new Set([
        ...result.projected.keys(),
        ...result.unknown,
        ...result.failed.map(({ id }) => id),
      ]);
      for (const id of chunk) if (!settled.has(id)) result.failed.push({ id, error });
    }
  }
  return result;
}

async function projectChunk(
  tenantId: string,
  ids: string[],
  { syncState, graph }: ProjectionPorts,
  result: ProjectionResult,
): Promise<void> {
  const states = await syncState.read(tenantId, ids);
  const known = new Set(states.map(({ id }) => id));
  result.unknown.push(...ids.filter((id) => !known.has(id)));
  if (states.length === 0) return;

  const refused = await applyStates(states, graph);
  result.failed.push(...refused);
  const left = new Set(refused.map(({ id }) => id));
  const applied = states.filter(({ id }) => !left.has(id)).map(({ id, version }) => ({ id, version }));
  if (applied.length === 0) return;
  await syncState.markProjected(tenantId, applied);
  for (const { id, version } of applied) result.projected.set(id, version);
}

/** Applies them together. A state that the graph does not accept must not hold up the others: then one by one. */
async function applyStates(states: MemoryProjection[], graph: GraphProjection): Promise<ProjectionFailure[]> {
  try {
    await graph.apply(states);
    return [];
  } catch (error) {
    if (mayPass(error) || states.length === 1) return states.map(({ id }) => ({ id, error }));
    const refused: ProjectionFailure[] = [];
    for (const state of states) refused.push(...(await applyStates([state], graph)));
    return refused;
  }
}
