import type { GrafeoDB } from '@grafeo-db/js';
import { bulkhead } from 'cockatiel';
import { AppError } from '../../kernel/app-error.ts';
import { loadOnce } from '../../kernel/load-once.ts';
import type { CypherRunner, CypherStatement } from './runner.ts';
import { createIndex, type NodeKey, nodeKeys } from './schema.ts';

/**
 * Grafeo in this process: on disk under `path`, in memory without one. A path can be open once; see
 * `runnerFor`, which shares it.
 *
 * Its uniqueness constraints scan every node of the label at each write (at 8,000 nodes 10 ms instead of 0.2), so
 * keys get indexes here and stay unique because one process writes, one transaction after the other.
 */
export function grafeoRunner({ path }: { path?: string }): CypherRunner {
  const oneAtATime = bulkhead(1, Number.POSITIVE_INFINITY);
  let opening: (() => Promise<GrafeoDB>) | undefined;

  function database(): Promise<GrafeoDB> {
    opening ??= loadOnce(() => open(path));
    return opening();
  }

  return {
    run: (statements) =>
      oneAtATime.execute(() => translated(async () => commit(await database(), statements))),
    read: <Row>({ text, parameters }: CypherStatement) =>
      translated(async () => {
        const result = await (await database()).executeCypher(text, parameters);
        return result.toArray() as Row[];
      }),
    ensureSchema: () => translated(async () => void (await database())),
    missingSchema: () =>
      translated(async () => {
        await (await database()).executeCypher('RETURN 1 AS one');
        return [];
      }),
    close: () =>
      oneAtATime.execute(async () => {
        const closing = opening;
        opening = undefined;
        if (closing) (await closing()).close();
      }),
  };
}

/** Loaded when first used: functions that reach Neo4j are shipped without it. */
async function open(path: string | undefined): Promise<GrafeoDB> {
  const { default: grafeo } = await import('@grafeo-db/js');
  const database = grafeo.GrafeoDB.create(path);
  // one look-up uses one property, the tenant where it has an index: then each would walk the whole tenant
  const lastProperty = (key: NodeKey): NodeKey => ({ ...key, properties: key.properties.slice(-1) });
  for (const index of nodeKeys.map(lastProperty)) await database.executeCypher(createIndex(index));
  return database;
}

async function commit(database: GrafeoDB, statements: readonly CypherStatement[]): Promise<void> {
  const transaction = database.beginTransaction();
  try {
    for (const { text, parameters } of statements) await transaction.executeCypher(text, parameters);
    transaction.commit();
  } catch (error) {
    if (transaction.isActive) transaction.rollback();
    throw error;
  }
}

/** A conflict of transactions, or a file that another process holds. */
const passing = /GRAFEO-T\d+|GRAFEO-X001|cannot be locked/;

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const retryable = error instanceof Error && passing.test(error.message);
    const detail = retryable
      ? 'The graph cannot be reached at the moment.'
      : 'The graph does not accept this request.';
    throw new AppError('graph_unavailable', detail, { retryable, cause: error });
  }
}
