import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import grafeo from '@grafeo-db/js';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { bearer, type Http, type Json } from '../../support/http.ts';
import { type Service, startService } from '../../support/service.ts';

export const tenant = 'acme';

/** A folder for the data of a service that is started more than once. */
export async function dataFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'strata-faults-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** What a message that failed needs until it comes again is a second here, not six minutes. */
export const impatient = { STRATA_QUEUE_VISIBILITY_SECONDS: '1' };

export const startImpatient = (dataDirectory: string): Promise<Service> =>
  startService({ dataDirectory, env: impatient });

export const callerOf = async (service: Service): Promise<Http> =>
  bearer(service.url, await service.token(tenant));

/**
 * Takes the graph away from a service that is started next: its file is held by this process, as by another one
 * that was not stopped. Answers the function that lets go of it.
 */
export function holdGraph(dataDirectory: string): () => void {
  const holder = grafeo.GrafeoDB.create(join(dataDirectory, 'graph'));
  return () => holder.close();
}

/** One statement as the tenant, with the rights of the service. */
export async function sql(service: Service, text: string): Promise<Json[]> {
  const client = new pg.Client({ connectionString: service.environment.DATABASE_URL });
  await client.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('app.tenant', $1, true)", [tenant]);
    const { rows } = await client.query(text);
    await client.query('commit');
    return rows;
  } finally {
    await client.end();
  }
}

/** The sweeper leaves what is younger than half a minute to the queue; nobody wants to wait for that here. */
export const age = (service: Service): Promise<Json[]> =>
  sql(service, "update strata.memory_sync set changed_at = now() - interval '1 minute'");

/** Waits until the graph has everything. `nudge` runs before each look. */
export async function expectConverged(
  api: Http,
  memories: number,
  nudge: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  await vi.waitFor(
    async () => {
      await nudge();
      const { body } = await api.get('/api/persistence/status');
      expect(body).toMatchObject({
        status: 'healthy',
        metrics: { vectorStoreCount: memories, graphStoreCount: memories, syncPercentage: 100 },
      });
    },
    { timeout: 25_000, interval: 250 },
  );
}
