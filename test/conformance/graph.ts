import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../shared/kernel/logger.ts';
import type { MemoryProjection } from '../../shared/replication/model.ts';
import { describeGraphChanges } from './graph-changes.ts';
import type { GraphUnderTest, OpenGraph } from './graph-contents.ts';
import { deliveries, historyOf } from './graph-history.ts';
import { describeGraphRecall } from './graph-recall.ts';
import { state } from './graph-states.ts';
import { describeGraphTenants } from './graph-tenants.ts';

/** What every graph must do. @param histories how many random histories are tried */
export function describeGraph(name: string, open: OpenGraph, { histories = 100 } = {}): void {
  describe(name, () => {
    let opened: GraphUnderTest;
    beforeAll(async () => {
      opened = await open(silentLogger);
    });
    afterAll(() => opened.close());

    describeGraphProjection(() => opened, histories);
    describeGraphChanges(() => opened);
    describeGraphTenants(() => opened);
    describeGraphRecall(() => opened);
  });
}

/** Whoever loses a race says so, and is delivered again. */
const delivered = (graph: GraphUnderTest['graph'], read: MemoryProjection): Promise<void> =>
  graph
    .apply([read])
    .catch((error: { retryable?: boolean }) =>
      error.retryable ? delivered(graph, read) : Promise.reject(error),
    );

function describeGraphProjection(tested: () => GraphUnderTest, histories: number): void {
  const fresh = () => ({ tenant: randomUUID(), ...tested(), graph: tested().graph });
  const versions = async (tenant: string) =>
    (await tested().contents([tenant])).memories.map(({ id, version }) => [id, version]);

  describe('projection', () => {
    it('answers that it is there', async () => {
      expect(await tested().graph.ping()).toBe(true);
    });

    it('keeps a state with all that it says, and counts it', async () => {
      const { graph, tenant, contents } = fresh();
      await graph.apply([
        state(tenant, 'a', 1, {
          entities: [['ada', 0.75]],
          outgoing: [['b', 'CAUSED_BY', 0.5]],
          userId: 'u',
        }),
        state(tenant, 'b', 4),
      ]);
      const described = {
        agentId: 'agent-1',
        deleted: false,
        digestHigh: 4_294_967_295,
        domain: 'test',
        importance: 0.25,
        occurredAt: '2026-01-02T03:04:05.678Z',
        tenantId: tenant,
        type: 'semantic',
      };
      expect(await contents([tenant])).toEqual({
        memories: [
          { ...described, digestLow: 1, id: 'a', userId: 'u', version: 1 },
          { ...described, digestLow: 4, id: 'b', version: 4 },
        ],
        entities: [{ tenantId: tenant, key: 'person:ada' }],
        mentions: [{ tenantId: tenant, id: 'a', key: 'person:ada', confidence: 0.75 }],
        edges: [{ tenantId: tenant, sourceId: 'a', type: 'CAUSED_BY', targetId: 'b', weight: 0.5 }],
      });
      expect(await graph.count(tenant)).toBe(2);
    });

    it('does nothing for no states', async () => {
      await expect(tested().graph.apply([])).resolves.toBeUndefined();
    });

    it('takes only newer versions: v3, v1, v2 ends at v3', async () => {
      const { graph, tenant, contents } = fresh();
      for (const version of [3, 1, 2]) {
        await graph.apply([state(tenant, 'a', version, { entities: [[`name${version}`]] })]);
      }
      expect(await versions(tenant)).toEqual([['a', 3]]);
      expect((await contents([tenant])).entities).toEqual([{ tenantId: tenant, key: 'person:name3' }]);
    });

    it('collapses duplicates in one batch to the highest version', async () => {
      const { graph, tenant, contents } = fresh();
      const old = state(tenant, 'a', 1, { entities: [['old']], outgoing: [['b']], domain: 'old' });
      await graph.apply([
        old,
        state(tenant, 'a', 2, { entities: [['new']], domain: 'new' }),
        old,
        state(tenant, 'b', 1),
        old,
      ]);
      const { memories, entities, edges } = await contents([tenant]);
      expect(memories.map(({ id, version, domain }) => [id, version, domain])).toEqual([
        ['a', 2, 'new'],
        ['b', 1, 'test'],
      ]);
      expect(entities.map(({ key }) => key)).toEqual(['person:new']);
      expect(edges).toEqual([]);
    });

    it('is the same after a repetition', async () => {
      const { graph, tenant, contents } = fresh();
      const states = [
        state(tenant, 'a', 1, { entities: [['ada']], outgoing: [['b']] }),
        state(tenant, 'b', 1),
      ];
      await graph.apply(states);
      const once = await contents([tenant]);
      for (let round = 0; round < 3; round += 1) await graph.apply([...states, ...states]);
      expect(await contents([tenant])).toEqual(once);
    });

    it('is the same after parallel deliveries of several versions', async () => {
      const { graph, tenant, contents } = fresh();
      const at = (version: number) =>
        delivered(
          graph,
          state(tenant, 'a', version, { entities: [[`n${version}`], ['all']], outgoing: [['b']] }),
        );
      await graph.apply([state(tenant, 'b', 1)]);
      await Promise.all([5, 1, 4, 2, 3, 5, 1].map(at));
      const { memories, mentions, edges } = await contents([tenant]);
      expect(memories.map(({ id, version }) => [id, version])).toEqual([
        ['a', 5],
        ['b', 1],
      ]);
      expect(mentions.map(({ key }) => key)).toEqual(['person:all', 'person:n5']);
      expect(edges).toHaveLength(1);
    });

    it('replaces edges and mentions as a set, and drops entities that nothing mentions', async () => {
      const { graph, tenant, contents } = fresh();
      await graph.apply([
        state(tenant, 'a', 1, { outgoing: [['b'], ['c']], entities: [['ada'], ['bob']] }),
        state(tenant, 'b', 1, { entities: [['bob']] }),
        state(tenant, 'c', 1),
      ]);
      await graph.apply([
        state(tenant, 'a', 2, {
          outgoing: [
            ['c', 'SUPPORTS', 0.9],
            ['c', 'PART_OF', 0.1],
          ],
          entities: [['cyd', 0.8]],
        }),
      ]);
      const { edges, mentions, entities } = await contents([tenant]);
      expect(edges.map(({ targetId, type, weight }) => [targetId, type, weight])).toEqual([
        ['c', 'PART_OF', 0.1],
        ['c', 'SUPPORTS', 0.9],
      ]);
      expect(mentions.map(({ id, key }) => [id, key])).toEqual([
        ['a', 'person:cyd'],
        ['b', 'person:bob'],
      ]);
      expect(entities.map(({ key }) => key)).toEqual(['person:bob', 'person:cyd']);
    });

    it('keeps the heavier of two relationships that name one target twice', async () => {
      const { graph, tenant, contents } = fresh();
      const outgoing: [string, 'SUPPORTS', number][] = [
        ['b', 'SUPPORTS', 0.2],
        ['b', 'SUPPORTS', 0.7],
        ['b', 'SUPPORTS', 0.4],
      ];
      await graph.apply([state(tenant, 'b', 1), state(tenant, 'a', 1, { outgoing })]);
      expect((await contents([tenant])).edges.map(({ weight }) => weight)).toEqual([0.7]);
    });

    it('shows nothing of a memory that only an edge has named so far', async () => {
      const { graph, tenant } = fresh();
      await graph.apply([state(tenant, 'a', 1, { outgoing: [['not-here']] })]);
      expect(await graph.count(tenant)).toBe(1);
      expect(await graph.related(tenant, 'a', { depth: 2, limit: 10 })).toEqual([]);
      expect(await graph.related(tenant, 'not-here', { depth: 2, limit: 10 })).toEqual([]);
    });

    it('is a function of the last states, whatever arrives, how often and in which order', async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, async ({ steps, everything, needed, batch }) => {
          const { graph, contents } = tested();
          const [all, few] = [randomUUID(), randomUUID()];
          const inBatches = async (tenant: string, order: number[], part: 'reads' | 'last') => {
            const states = historyOf(tenant, steps)[part];
            for (let at = 0; at < order.length; at += batch) {
              await graph.apply(order.slice(at, at + batch).map((index) => states[index]!));
            }
          };
          await inBatches(all, everything, 'reads');
          const atOnce = randomUUID();
          await Promise.all(historyOf(atOnce, steps).reads.map((read) => delivered(graph, read)));
          expect(await contents([atOnce])).toEqual(historyOf(atOnce, steps).expected);
          await inBatches(few, needed, 'last');
          expect(await contents([all])).toEqual(historyOf(all, steps).expected);
          expect(await contents([few])).toEqual(historyOf(few, steps).expected);
        }),
        { numRuns: histories },
      );
    }, 60_000);
  });
}
