import { relationshipTypes } from '../../contracts/memory/model.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { MemoryGraph } from '../../memory/recall/ports.ts';
import type { GraphProjection } from '../../replication/ports.ts';
import { applyStatements } from './apply-statements.ts';
import { type Mention, recallByEntities, type SharedMention } from './entity-recall.ts';
import { entityKey } from './projection-rows.ts';
import {
  countMemories,
  type EntityHop,
  entityHops,
  mentionsOf,
  type RelationHop,
  relationHops,
  sharedMentions,
} from './read-statements.ts';
import type { CypherRunner } from './runner.ts';
import { type Hop, type WalkType, walk } from './walk.ts';

/** The projection as a property graph, the same in every store that speaks Cypher. */
export function cypherGraph(runner: CypherRunner, logger: Logger): GraphProjection & MemoryGraph {
  return {
    async apply(states) {
      if (states.length > 0) await runner.run(applyStatements(states));
    },

    async count(tenantId) {
      const [row] = await runner.read<{ memories: number }>(countMemories(tenantId));
      return row?.memories ?? 0;
    },

    async ping() {
      try {
        const missing = await runner.missingSchema();
        if (missing.length > 0) logger.error('the graph lacks its uniqueness constraints', { missing });
        return missing.length === 0;
      } catch (error) {
        logger.warn('the graph does not answer', { error });
        return false;
      }
    },

    related: (tenantId, id, { depth, types = [...relationshipTypes, 'MENTIONS'], limit }) =>
      walk(id, { depth, limit }, (ids) => hops(runner, tenantId, ids, types)),

    recallByEntities: (tenantId, entities, limit) =>
      recallByEntities([...new Set(entities.map(entityKey))], limit, {
        mentions: (keys) => runner.read<Mention>(mentionsOf(tenantId, keys)),
        sharing: (seeds, except) => runner.read<SharedMention>(sharedMentions(tenantId, seeds, except)),
      }),
  };
}

async function hops(
  runner: CypherRunner,
  tenantId: string,
  ids: string[],
  types: readonly WalkType[],
): Promise<Hop[]> {
  const relations = types.filter((type) => type !== 'MENTIONS');
  const [typed, mentioned] = await Promise.all([
    relations.length > 0 ? runner.read<RelationHop>(relationHops(tenantId, ids, relations)) : [],
    types.includes('MENTIONS') ? runner.read<EntityHop>(entityHops(tenantId, ids)) : [],
  ]);
  return [...typed.map(alongRelation), ...mentioned.map(throughEntity)];
}

const alongRelation = ({ at, source, target, type, weight }: RelationHop): Hop => ({
  from: at,
  to: at === source ? target : source,
  path: [{ type, from: source, to: target, weight }],
});

const throughEntity = ({ at, key, other, confidence, otherConfidence }: EntityHop): Hop => ({
  from: at,
  to: other,
  path: [
    { type: 'MENTIONS', from: at, to: key, weight: confidence },
    { type: 'MENTIONS', from: other, to: key, weight: otherConfidence },
  ],
});
