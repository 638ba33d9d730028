import * as z from 'zod';
import { loadOnce } from '../../kernel/load-once.ts';
import type { MemoryGraph } from '../../memory/recall/ports.ts';
import type { GraphProjection } from '../../replication/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { credentialsFrom } from './credentials.ts';
import { cypherGraph } from './cypher-graph.ts';
import { guardedGraph } from './guarded-graph.ts';
import type { CypherRunner } from './runner.ts';

export const graphConfig = z.object({
  /**
   * `neo4j://host`, `bolt://host`, either with `+s` or `+ssc`; or `grafeo:` and the path of a file in this
   * machine, `grafeo::memory:` for none.
   */
  GRAPH_URL: z.string().regex(/^(?:(?:neo4j|bolt)(?:\+s|\+ssc)?:\/\/.+|grafeo:.+)$/),
  GRAPH_USER: z.string().min(1).optional(),
  GRAPH_PASSWORD: z.string().min(1).optional(),
  /** ARN or name of a secret with `username` and `password` as JSON; wins over the two above. */
  GRAPH_SECRET_ARN: z.string().min(1).optional(),
  /** Of one transaction. */
  GRAPH_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(8_000),
});
export type GraphConfig = z.output<typeof graphConfig>;

/** By address, because a file can be open once in a process and connections are worth sharing. */
const runners = new Map<string, CypherRunner>();

/** The process's one runner for this graph; nothing is loaded or connected before its first call. */
export function runnerFor(config: GraphConfig): CypherRunner {
  const key = JSON.stringify([config.GRAPH_URL, config.GRAPH_USER, config.GRAPH_SECRET_ARN]);
  const known = runners.get(key);
  if (known) return known;
  const runner = onDemand(() => load(config));
  runners.set(key, runner);
  return runner;
}

/** Closes every graph that the process has open; for a host that ends. */
export async function closeGraphs(): Promise<void> {
  const open = [...runners.values()];
  runners.clear();
  await Promise.all(open.map((runner) => runner.close()));
}

export const graphProvider: Provider<GraphProjection & MemoryGraph, typeof graphConfig> = {
  config: graphConfig,
  build: (config, { logger }) =>
    guardedGraph(cypherGraph(runnerFor(config), logger), {
      // the store's own limit comes first, so that what it gave up is rolled back before the caller goes on
      timeoutMs: config.GRAPH_TIMEOUT_MS + 1_000,
      failures: 5,
      halfOpenAfterMs: 10_000,
      logger,
    }),
};

async function load(config: GraphConfig): Promise<CypherRunner> {
  const { GRAPH_URL: url } = config;
  if (url.startsWith('grafeo:')) {
    const { grafeoRunner } = await import('./grafeo-runner.ts');
    const path = url.slice('grafeo:'.length);
    return grafeoRunner(path === ':memory:' ? {} : { path });
  }
  const { neo4jRunner } = await import('./neo4j-runner.ts');
  const credentials = credentialsFrom(config);
  return neo4jRunner({ url, timeoutMs: config.GRAPH_TIMEOUT_MS, ...(credentials && { credentials }) });
}

/** A driver takes tens of milliseconds to load; functions that never reach the graph do not pay for it. */
function onDemand(load: () => Promise<CypherRunner>): CypherRunner {
  const loaded = loadOnce(load);
  let used = false;
  const runner = () => {
    used = true;
    return loaded();
  };
  return {
    run: async (statements) => (await runner()).run(statements),
    read: async (statement) => (await runner()).read(statement),
    ensureSchema: async () => (await runner()).ensureSchema(),
    missingSchema: async () => (await runner()).missingSchema(),
    close: async () => {
      if (used) await (await loaded()).close();
    },
  };
}
