import pg from 'pg';
import { neo4jRunner } from '../../../shared/adapters/graph/neo4j-runner.ts';
import type { Settings } from '../with-servers.ts';
import type { LoadWrite } from './write-load.ts';

/** One memory as a store has it: all that both stores have to agree on, as comparable text. */
type Kept = ReadonlySet<string>;

/** Looks into both stores, past the service. */
export interface Stores {
  /** Effects of each write by its content, in the history that Postgres keeps. */
  effects(tenantId: string): Promise<ReadonlyMap<string, { id: string; version: number }[]>>;
  /** Whether the graph has every memory of the tenant in its current version, and nothing else. */
  agree(tenantId: string): Promise<boolean>;
  close(): Promise<void>;
}

export function openStores(databaseUrl: string, settings: Settings): Stores {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2, connectionTimeoutMillis: 2_000 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const { NEO4J_URI: url = '', NEO4J_USER: user = '', NEO4J_PASSWORD: password = '' } = settings;
  const graph = neo4jRunner({ url, credentials: async () => ({ user, password }), timeoutMs: 10_000 });

  async function inPostgres(tenantId: string): Promise<{ kept: Kept; behind: number }> {
    const { rows } = await pool.query<Row & { behind: boolean }>(
      `select memory_id::text as id, version::text, digest_high::text as high, digest_low::text as low, deleted,
         graph_version < version as behind
       from strata.memory_sync where tenant_id = $1`,
      [tenantId],
    );
    return { kept: new Set(rows.map(asText)), behind: rows.filter((row) => row.behind).length };
  }

  async function inGraph(tenantId: string): Promise<Kept> {
    const rows = await graph.read<Row>({
      text: `MATCH (m:Memory {tenantId: $tenantId}) RETURN m.id AS id, toString(m.version) AS version,
        toString(m.digestHigh) AS high, toString(m.digestLow) AS low, m.deleted AS deleted`,
      parameters: { tenantId },
    });
    return new Set(rows.map(asText));
  }

  return {
    async effects(tenantId) {
      const { rows } = await pool.query<{ content: string; id: string; version: string }>(
        `select state ->> 'content' as content, memory_id::text as id, version::text
         from strata.memory_versions where tenant_id = $1`,
        [tenantId],
      );
      return new Map(
        [...Map.groupBy(rows, ({ content }) => content)].map(([content, found]) => [
          content,
          found.map(({ id, version }) => ({ id, version: Number(version) })),
        ]),
      );
    },
    async agree(tenantId) {
      const [{ kept, behind }, projected] = await Promise.all([inPostgres(tenantId), inGraph(tenantId)]);
      return behind === 0 && kept.size === projected.size && kept.isSubsetOf(projected);
    },
    async close() {
      await Promise.all([pool.end(), graph.close()]);
    },
  };
}

interface Row {
  id: string;
  version: string;
  high: string;
  low: string;
  deleted: boolean;
}

const asText = ({ id, version, high, low, deleted }: Row) =>
  [id, version, high, low, deleted ?? false].join(' ');

/** Acknowledged writes whose effect is not where the answer said, and writes with more than one effect. */
export function compare(
  writes: readonly LoadWrite[],
  effects: Awaited<ReturnType<Stores['effects']>>,
): { lost: number; twice: number } {
  const found = writes.map((write) => ({ write, at: effects.get(write.content) ?? [] }));
  const isThere = ({ write, at }: (typeof found)[number]) =>
    at.some(({ id, version }) => id === write.id && version === write.version);
  return {
    lost: found.filter((each) => each.write.outcome === 'acknowledged' && !isThere(each)).length,
    twice: found.filter(({ at }) => at.length > 1).length,
  };
}
