import fc from 'fast-check';
import { relationshipTypes } from '../../shared/contracts/memory/model.ts';
import type { MemoryProjection } from '../../shared/replication/model.ts';
import { type GraphContents, sorted, tidy } from './graph-contents.ts';
import { state, tombstone } from './graph-states.ts';

const ids = ['m1', 'm2', 'm3', 'm4'] as const;
const names = ['ada', 'bob', 'cyd'] as const;
const id = fc.constantFrom(...ids);

/** A change of a memory, then the memories whose projection is read right after it. */
const step = fc.record({
  id,
  deletes: fc.nat(4).map((roll) => roll === 0),
  edges: fc.array(fc.tuple(id, fc.constantFrom(...relationshipTypes.slice(0, 2)), fc.constantFrom(0.25, 1)), {
    maxLength: 3,
  }),
  entities: fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(0.5, 1)), { maxLength: 2 }),
  alsoRead: fc.array(id, { maxLength: 2 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
interface Stored extends Pick<Step, 'edges' | 'entities'> {
  version: number;
  deleted: boolean;
}

/**
 * What Postgres would hold after each step, and the states read from it on the way. An edge to a memory that is
 * not there yet resolves when that one is stored, without a new version of its source. A deleted memory stays so.
 */
export function historyOf(
  tenantId: string,
  steps: Step[],
): {
  reads: MemoryProjection[];
  /** Of each memory, the one that was read right after its last change. */
  last: MemoryProjection[];
  expected: GraphContents;
} {
  const stored = new Map<string, Stored>();
  const reads: MemoryProjection[] = [];
  const last = new Map<string, MemoryProjection>();
  const live = (target: string) => stored.get(target)?.deleted === false;

  function read(target: string): MemoryProjection[] {
    const row = stored.get(target);
    if (row === undefined) return [];
    if (row.deleted) return [tombstone(tenantId, target, row.version)];
    return [
      state(tenantId, target, row.version, {
        // the reference stays resolved when its target is deleted
        outgoing: row.edges.filter(([to]) => stored.has(to)),
        incoming: [...stored].flatMap(([from, other]) =>
          other.deleted
            ? []
            : other.edges
                .filter(([to]) => to === target)
                .map(([, type, weight]): [string, number, typeof type, number] => [
                  from,
                  other.version,
                  type,
                  weight,
                ]),
        ),
        entities: row.entities,
      }),
    ];
  }

  for (const { id: changed, deletes, edges, entities, alsoRead } of steps) {
    const before = stored.get(changed);
    if (before?.deleted || (deletes && before === undefined)) continue;
    const unique = [...new Map(edges.map((edge) => [`${edge[0]} ${edge[1]}`, edge])).values()];
    const mentioned = [...new Map(entities.map((entity) => [entity[0], entity])).values()];
    stored.set(changed, {
      version: (before?.version ?? 0) + 1,
      deleted: deletes,
      edges: deletes ? [] : unique,
      entities: deletes ? [] : mentioned,
    });
    for (const target of [changed, ...alsoRead]) reads.push(...read(target));
    for (const current of read(changed)) last.set(changed, current);
  }

  const rows = [...stored];
  const mentions = rows.flatMap(([from, row]) =>
    row.entities.map(([name, confidence]) => ({ tenantId, id: from, key: `person:${name}`, confidence })),
  );
  const expected = sorted({
    memories: [...last.values()].map(remembered),
    entities: [...new Set(mentions.map(({ key }) => key))].map((key) => ({ tenantId, key })),
    mentions,
    edges: rows.flatMap(([sourceId, row]) =>
      row.edges
        .filter(([to]) => live(to))
        .map(([targetId, type, weight]) => ({ tenantId, sourceId, type, targetId, weight })),
    ),
  });
  return { reads, last: [...last.values()], expected };
}

/** What is kept of a state on its node. */
function remembered(projection: MemoryProjection): Record<string, unknown> {
  const { entities: _, outgoing: __, incoming: ___, ...described } = projection;
  const { tenantId, id: own, version, digestHigh, digestLow, deleted } = projection;
  return tidy(deleted ? { tenantId, id: own, version, digestHigh, digestLow, deleted } : described);
}

/** A history, and two deliveries: every read twice in any order, and in any order those alone that must not be lost. */
export const deliveries = fc.array(step, { minLength: 1, maxLength: 12 }).chain((steps) => {
  const { reads, last } = historyOf('', steps);
  const everything = [...reads.keys(), ...reads.keys()];
  const needed = [...last.keys()];
  const shuffled = (indexes: number[]) =>
    fc.shuffledSubarray(indexes, { minLength: indexes.length, maxLength: indexes.length });
  return fc.record({
    steps: fc.constant(steps),
    everything: shuffled(everything),
    needed: shuffled(needed),
    batch: fc.integer({ min: 1, max: 5 }),
  });
});
