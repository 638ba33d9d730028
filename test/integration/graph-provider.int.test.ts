import { describe, expect, it } from 'vitest';
import { closeGraphs, graphConfig, graphProvider, runnerFor } from '../../shared/adapters/graph/provider.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { state } from '../conformance/graph-states.ts';

const ambient = { logger: silentLogger, clock: { now: () => new Date(0) } };

describe('graphProvider', () => {
  it.each([
    'neo4j://h',
    'neo4j+s://h:7687',
    'bolt://h:7687',
    'bolt+ssc://h',
    'grafeo:/data/graph',
    'grafeo::memory:',
  ])('takes %s', (url) => {
    expect(graphConfig.parse({ GRAPH_URL: url })).toEqual({ GRAPH_URL: url, GRAPH_TIMEOUT_MS: 8_000 });
  });

  it.each(['', 'http://h', 'neo4j:h', 'grafeo:', 'redis://h'])('refuses "%s"', (url) => {
    expect(graphConfig.safeParse({ GRAPH_URL: url }).success).toBe(false);
  });

  it('builds without connecting, and shares one graph among all that name it', async () => {
    const config = graphConfig.parse({ GRAPH_URL: 'grafeo::memory:' });
    const [one, other] = [graphProvider.build(config, ambient), graphProvider.build(config, ambient)];
    await one.apply([state('t', 'a', 1)]);
    expect(await other.count('t')).toBe(1);
    expect(runnerFor(config)).toBe(runnerFor(config));
    await closeGraphs();
    const fresh = graphProvider.build(config, ambient);
    expect(await fresh.count('t')).toBe(0);
    await closeGraphs();
  });

  it('closes what was never used without opening it', async () => {
    graphProvider.build(graphConfig.parse({ GRAPH_URL: 'bolt://127.0.0.1:1' }), ambient);
    await expect(closeGraphs()).resolves.toBeUndefined();
  });
});
