import type { z } from 'zod';
import type { relateAnswer, relateBody } from '../../contracts/memory/recall.ts';
import { elapsedMs } from '../../kernel/clock.ts';
import type { Relationship } from '../model.ts';
import { notFound } from '../read/current-memory.ts';
import { only } from './answers.ts';
import { type ChangeDeps, changeMemory } from './change-memory.ts';
import type { WriteContext } from './context.ts';
import { distinctEdges } from './state-from-item.ts';
import { stateOf } from './state-of.ts';

/**
 * Puts an edge between two memories. It belongs to its source, whose version it raises; an edge of the same type
 * to the same target is replaced. A target that is not there yet is kept as a reference.
 */
export async function relateMemories(
  { source, target, type, weight, consistency }: z.output<typeof relateBody>,
  context: Omit<WriteContext, 'consistency'>,
  deps: ChangeDeps,
): Promise<z.output<typeof relateAnswer>> {
  const started = deps.clock.now();
  const sourceId = (await deps.memories.resolve(context.tenantId, [source])).get(source);
  if (sourceId === undefined) throw notFound();
  const edge: Relationship = { target, type, weight };
  const result = await changeMemory(
    sourceId,
    (current) => {
      const state = stateOf(current);
      return {
        state: { ...state, relationships: distinctEdges([...state.relationships, edge]) },
        kind: 'related',
        embed: false,
        extractEntities: false,
      };
    },
    { ...context, consistency },
    deps,
  );
  const { memory, inGraph } = only(result);
  const stored = memory.relationships.find((known) => known.type === type && known.target === target) ?? edge;
  return {
    id: memory.id,
    version: memory.version,
    relationship: { source: memory.id, ...stored },
    metadata: {
      vectorWriteSuccess: true,
      graphWriteSuccess: inGraph,
      durationMs: elapsedMs(deps.clock, started),
    },
    warnings: result.warnings.filter(
      (warning) => warning.code !== 'unresolved_reference' || warning.reference === target,
    ),
  };
}
