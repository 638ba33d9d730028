import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cypherGraph } from '../../shared/adapters/graph/cypher-graph.ts';
import { neo4jRunner } from '../../shared/adapters/graph/neo4j-runner.ts';
import type { CypherRunner, CypherStatement } from '../../shared/adapters/graph/runner.ts';
import { nodeKeys } from '../../shared/adapters/graph/schema.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { cypherContents } from '../conformance/graph-contents.ts';
import { state, tombstone } from '../conformance/graph-states.ts';
import { neo4jSettings } from './support/servers.ts';

const connect = () => {
  const { url, user, password } = neo4jSettings();
  return neo4jRunner({ url, credentials: async () => ({ user, password }), timeoutMs: 15_000 });
};

let runner: CypherRunner;
beforeAll(async () => {
  runner = connect();
  await runner.ensureSchema();
});
afterAll(() => runner.close());

const countOf = async (tenantId: string) => {
  const text = 'MATCH (n) WHERE n.tenantId = $tenantId RETURN count(n) AS n';
  return (await runner.read<{ n: number }>({ text, parameters: { tenantId } }))[0]?.n;
};
const create = (tenantId: string, id: string): CypherStatement => ({
  text: 'CREATE (:Memory {tenantId: $tenantId, id: $id, version: 1})',
  parameters: { tenantId, id },
});

describe('a transaction in Neo4j', () => {
  it('leaves nothing when one of its statements fails, whichever comes first', async () => {
    const tenant = randomUUID();
    const twin = create(tenant, 'a');
    await expect(runner.run([create(tenant, 'a'), create(tenant, 'b'), twin])).rejects.toMatchObject({
      code: 'graph_unavailable',
    });
    expect(await countOf(tenant)).toBe(0);
    await runner.run([create(tenant, 'a')]);
    await expect(runner.run([create(tenant, 'b'), twin, create(tenant, 'c')])).rejects.toThrow();
    expect(await countOf(tenant)).toBe(1);
  });

  it('leaves nothing when it takes longer than it may', async () => {
    const tenant = randomUUID();
    const { url, user, password } = neo4jSettings();
    const hasty = neo4jRunner({ url, credentials: async () => ({ user, password }), timeoutMs: 500 });
    const endless = { text: 'UNWIND range(1, 1000000000) AS n WITH n WHERE n < 0 RETURN n', parameters: {} };
    await expect(hasty.run([create(tenant, 'a'), endless])).rejects.toMatchObject({
      code: 'graph_unavailable',
      retryable: true,
    });
    await hasty.close();
    expect(await countOf(tenant)).toBe(0);
  });

  it('may be refused for a wrong password, and says that this may pass', async () => {
    const { url, user } = neo4jSettings();
    const stranger = neo4jRunner({
      url,
      credentials: async () => ({ user, password: 'wrong' }),
      timeoutMs: 1_000,
    });
    await expect(stranger.run([create('t', 'a')])).rejects.toMatchObject({
      code: 'graph_unavailable',
      retryable: true,
    });
    await stranger.close();
  });
});

describe('the keys of the graph in Neo4j', () => {
  afterAll(() => runner.ensureSchema());

  it('are constraints over tenant and id together', async () => {
    const constraints = await runner.read<{ label: string[]; properties: string[] }>({
      text: 'SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties WHERE type = "UNIQUENESS" RETURN labelsOrTypes AS label, properties',
      parameters: {},
    });
    for (const { label, properties } of nodeKeys) {
      expect(constraints).toContainEqual({ label: [label], properties });
    }
    const [one, other] = [randomUUID(), randomUUID()];
    await runner.run([create(one, 'same'), create(other, 'same')]);
    await expect(runner.run([create(one, 'same')])).rejects.toMatchObject({ code: 'graph_unavailable' });
  });

  it.each(nodeKeys.map(({ name }) => name))('are missed by the health check: %s', async (name) => {
    const graph = cypherGraph(runner, silentLogger);
    expect(await graph.ping()).toBe(true);
    await runner.run([{ text: `DROP CONSTRAINT ${name}`, parameters: {} }]);
    expect(await runner.missingSchema()).toEqual([name]);
    expect(await graph.ping()).toBe(false);
    await runner.ensureSchema();
    expect(await graph.ping()).toBe(true);
  });
});

describe('projections that meet', () => {
  const at = 20;

  /** Repeats what lost a race, as the queue does. */
  async function delivered(work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error as { retryable?: boolean }).retryable || attempt === 20) throw error;
      }
    }
  }

  it('make no twins of a memory, an entity or an edge', async () => {
    const graph = cypherGraph(runner, silentLogger);
    const tenant = randomUUID();
    const same = state(tenant, 'a', 1, { entities: [['ada', 0.75]], outgoing: [['b', 'CAUSED_BY', 0.5]] });
    await Promise.all(Array.from({ length: at }, () => delivered(() => graph.apply([same]))));
    const { memories, entities, mentions, edges } = await cypherContents(runner, [tenant]);
    expect(memories).toHaveLength(1);
    expect(entities).toEqual([{ tenantId: tenant, key: 'person:ada' }]);
    expect(mentions).toHaveLength(1);
    expect(edges).toHaveLength(1);
  });

  it('make no twins of an entity that many memories mention first', async () => {
    const graph = cypherGraph(runner, silentLogger);
    const tenant = randomUUID();
    const states = Array.from({ length: at }, (_, index) =>
      state(tenant, `m${index}`, 1, { entities: [['ada'], ['grace']] }),
    );
    await Promise.all(states.map((each) => delivered(() => graph.apply([each]))));
    const { memories, entities, mentions } = await cypherContents(runner, [tenant]);
    expect(memories).toHaveLength(at);
    expect(entities).toHaveLength(2);
    expect(mentions).toHaveLength(2 * at);
  });

  it('end at the highest version, whoever writes last', async () => {
    const graph = cypherGraph(runner, silentLogger);
    const tenant = randomUUID();
    const versions = Array.from({ length: at }, (_, index) => ((index * 7) % at) + 1);
    await Promise.all(
      versions.map((version) =>
        delivered(() => graph.apply([state(tenant, 'a', version, { entities: [[`e${version}`]] })])),
      ),
    );
    const { memories, mentions } = await cypherContents(runner, [tenant]);
    expect(memories).toMatchObject([{ id: 'a', version: at }]);
    expect(mentions.map(({ key }) => key)).toEqual([`person:e${at}`]);
  });

  it('do not bring back what a tombstone took, however late they are', async () => {
    const graph = cypherGraph(runner, silentLogger);
    const tenant = randomUUID();
    const versions = Array.from({ length: at - 1 }, (_, index) => state(tenant, 'a', index + 1));
    await Promise.all(
      [tombstone(tenant, 'a', at), ...versions].map((each) => delivered(() => graph.apply([each]))),
    );
    expect(await graph.count(tenant)).toBe(0);
    const { memories } = await cypherContents(runner, [tenant]);
    expect(memories).toMatchObject([{ id: 'a', version: at, deleted: true }]);
  });
});
