import neo4j, { type ManagedTransaction, type Session } from 'neo4j-driver';
import { fromNeo4j } from './neo4j-error.ts';
import type { CypherRunner, CypherStatement, CypherValue } from './runner.ts';
import { createIndex, createKey, nodeIndexes, nodeKeys } from './schema.ts';

export interface Neo4jSettings {
  /** `neo4j://`, `bolt://` or one of these with `+s`. */
  url: string;
  /** Asked for before the first connection and again after a refusal. Without it, nobody signs in. */
  credentials?: () => Promise<{ user: string; password: string }>;
  /** Of one transaction, its retries included. Milliseconds. */
  timeoutMs: number;
}

/** Neo4j 5 over Bolt. Connections are made by the first call. */
export function neo4jRunner({ url, credentials, timeoutMs }: Neo4jSettings): CypherRunner {
  const connect = () =>
    neo4j.driver(url, credentials && signInWith(credentials), {
      connectionTimeout: Math.min(2_000, timeoutMs),
      connectionAcquisitionTimeout: Math.min(3_000, timeoutMs),
      maxTransactionRetryTime: timeoutMs,
      maxConnectionPoolSize: 20,
      // a function that was frozen may wake with connections that the other side has closed
      connectionLivenessCheckTimeout: 10_000,
      disableLosslessIntegers: true,
      telemetryDisabled: true,
    });
  let driver: ReturnType<typeof connect> | undefined;

  async function inSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    let session: Session | undefined;
    try {
      driver ??= connect();
      session = driver.session();
      return await work(session);
    } catch (error) {
      throw fromNeo4j(error);
    } finally {
      // the outcome of the work stands, whatever becomes of the connection
      await session?.close().catch(() => undefined);
    }
  }

  const read = <Row>(statement: CypherStatement): Promise<Row[]> =>
    inSession((session) =>
      session.executeRead(async (tx) => (await send(tx, statement)).map((record) => record as Row), {
        timeout: timeoutMs,
      }),
    );

  return {
    run: async (statements) => {
      await inSession((session) =>
        // the driver repeats this after a deadlock, so it does nothing but send; and it sends without waiting, as
        // the server works through one transaction's statements in order: one round trip instead of several
        session.executeWrite((tx) => Promise.all(statements.map((statement) => send(tx, statement))), {
          timeout: timeoutMs,
        }),
      );
    },
    read,
    ensureSchema: () =>
      inSession(async (session) => {
        for (const text of [...nodeKeys.map(createKey), ...nodeIndexes.map(createIndex)]) {
          await session.run(text);
        }
      }),
    async missingSchema() {
      const rows = await read<{ label: string[]; properties: string[] }>({
        text: uniqueness,
        parameters: {},
      });
      const present = new Set(rows.map(({ label, properties }) => `${label}(${[...properties].sort()})`));
      return nodeKeys
        .filter(({ label, properties }) => !present.has(`${label}(${[...properties].sort()})`))
        .map(({ name }) => name);
    },
    async close() {
      const open = driver;
      driver = undefined;
      await open?.close();
    },
  };
}

/** The driver keeps the token, and asks for another one when the server refuses it: a rotated password. */
const signInWith = (credentials: NonNullable<Neo4jSettings['credentials']>) =>
  neo4j.authTokenManagers.basic({
    tokenProvider: async () => {
      const { user, password } = await credentials();
      return neo4j.auth.basic(user, password);
    },
  });

/** By what it covers, not by name: an operator may have made it first. The type's name differs by version. */
const uniqueness = `
SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties
WHERE type CONTAINS 'UNIQUENESS' OR type CONTAINS 'NODE_KEY'
RETURN labelsOrTypes AS label, properties`;

async function send(tx: ManagedTransaction, { text, parameters }: CypherStatement) {
  const { records } = await tx.run(text, encode(parameters) as Record<string, unknown>);
  return records.map((record) => record.toObject());
}

/** The driver sends every number as a float; versions, digests and limits have to arrive as integers. */
function encode(value: CypherValue | CypherStatement['parameters']): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? neo4j.int(value) : value;
  if (Array.isArray(value)) return value.map(encode);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]));
}
