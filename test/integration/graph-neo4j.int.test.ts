import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cypherGraph } from '../../shared/adapters/graph/cypher-graph.ts';
import { neo4jRunner } from '../../shared/adapters/graph/neo4j-runner.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { describeGraph } from '../conformance/graph.ts';
import { cypherContents } from '../conformance/graph-contents.ts';
import { describeRunner } from '../conformance/graph-runner.ts';
import { state } from '../conformance/graph-states.ts';

const { NEO4J_TEST_URL: url, NEO4J_TEST_USER: user, NEO4J_TEST_PASSWORD: password } = process.env;

const connect = (address = url ?? '', timeoutMs = 15_000) =>
  neo4jRunner({
    url: address,
    ...(user === undefined ? {} : { credentials: async () => ({ user, password: password ?? '' }) }),
    timeoutMs,
  });

describe('a Neo4j that is not there', () => {
  it('is unavailable, and may come back', async () => {
    const runner = connect('bolt://127.0.0.1:1', 300);
    const graph = cypherGraph(runner, silentLogger);
    await expect(graph.apply([state('t', 'a', 1)])).rejects.toMatchObject({
      code: 'graph_unavailable',
      retryable: true,
    });
    expect(await graph.ping()).toBe(false);
    await runner.close();
  });
});

describe.skipIf(url === undefined)('Neo4j at NEO4J_TEST_URL', () => {
  beforeAll(async () => {
    const runner = connect();
    await runner.ensureSchema();
    await runner.close();
  });

  describeRunner('Neo4j', async () => connect());
  describeGraph(
    'Neo4j',
    async () => {
      const runner = connect();
      return {
        graph: cypherGraph(runner, silentLogger),
        contents: (tenants) => cypherContents(runner, tenants),
        close: () => runner.close(),
      };
    },
    { histories: 20 },
  );

  describe('without its constraints', () => {
    const runner = connect();
    afterAll(async () => {
      await runner.ensureSchema();
      await runner.close();
    });

    it('is not healthy, and says which are missing', async () => {
      await runner.run([{ text: 'DROP CONSTRAINT memory_key IF EXISTS', parameters: {} }]);
      const logged: unknown[] = [];
      const logger = { ...silentLogger, error: (...line: unknown[]) => void logged.push(line) };
      expect(await cypherGraph(runner, logger).ping()).toBe(false);
      expect(logged).toEqual([['the graph lacks its uniqueness constraints', { missing: ['memory_key'] }]]);
      await runner.ensureSchema();
      expect(await cypherGraph(runner, logger).ping()).toBe(true);
    });
  });
});

if (url === undefined) {
  it.skip('Neo4j: set NEO4J_TEST_URL to run the conformance suite on a server', () => undefined);
}
