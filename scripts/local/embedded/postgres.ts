import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { freePort } from './listen.ts';
import { type EmbeddedPart, embeddedPart } from './part.ts';
import { fillFromTemplate } from './postgres-template.ts';

/** The only session serves every connection, one query at a time; this bounds the sockets that wait for it. */
const maxConnections = 100;

export interface EmbeddedPostgres extends EmbeddedPart {
  readonly connectionString: string;
  /** Stops listening and closes the database; there is no way back. */
  close(): Promise<void>;
}

export interface PostgresOptions {
  dataDirectory: string;
  /** Brings the schema up to date, as the owner of everything. */
  migrate(connectionString: string): Promise<unknown>;
  /** What every statement after that runs as, so that row-level security binds it. */
  role: string;
}

const openDatabase = (dataDir: string) => PGlite.create({ dataDir, extensions: { vector } });

/**
 * PostgreSQL with pgvector in this process, behind its wire protocol. What a commit answered survives the kill of
 * this process; PGlite does not call fsync, so a power cut may cost the last seconds.
 */
export async function startPostgres({
  dataDirectory,
  migrate,
  role,
}: PostgresOptions): Promise<EmbeddedPostgres> {
  await fillFromTemplate(dataDirectory, async (directory) => (await openDatabase(directory)).close());
  const db = await openDatabase(dataDirectory);
  const part = await embeddedPart(async (wantedPort) => {
    const port = wantedPort || (await freePort());
    const server = new PGLiteSocketServer({ db, port, host: '127.0.0.1', maxConnections });
    await server.start();
    return { port, stop: () => server.stop() };
  });
  const connectionString = `postgres://postgres@127.0.0.1:${part.port}/postgres?sslmode=disable`;
  try {
    await migrate(connectionString);
    // nothing gathers statistics in the background here
    await db.exec('analyze');
    await db.exec(`set role ${role}`);
  } catch (error) {
    await part.stop();
    await db.close();
    throw error;
  }
  return {
    ...part,
    connectionString,
    async close() {
      await part.stop();
      await db.close();
    },
  };
}
