import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBridgeEvent, SQSEvent } from 'aws-lambda';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Handler } from '../../scripts/local/functions.ts';
import { type LocalService, startLocal } from '../../scripts/local/start-local.ts';
import { hotCacheProvider } from '../../shared/adapters/dynamodb/provider.ts';
import { eventBusProvider } from '../../shared/adapters/eventbridge/provider.ts';
import { graphChangesProvider } from '../../shared/adapters/sqs/provider.ts';
import { defineFunction, type FunctionSpec } from '../../shared/contracts/function-spec.ts';
import { defineOperations } from '../../shared/contracts/operation.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import type { HttpEvent } from '../../shared/runtime/http/event.ts';
import { someEvent } from '../conformance/event-publisher.ts';
import { someChange } from '../conformance/graph-change-queue.ts';
import { cachedMemory } from '../conformance/memory-cache.ts';

const operations = defineOperations({
  whoAmI: {
    method: 'GET',
    path: '/who-am-i',
    summary: '',
    scope: 'authenticated',
    responses: { 200: z.unknown() },
    errors: [],
  },
});
const shape = { summary: '', uses: [], timeoutSeconds: 5, memoryMb: 128 } as const;
const specs: FunctionSpec[] = [
  defineFunction({ ...shape, name: 'api', trigger: { kind: 'http', operations } }),
  defineFunction({
    ...shape,
    name: 'consumer',
    trigger: { kind: 'queue', queue: 'graph-changes', batchSize: 10, maximumConcurrency: 2 },
  }),
  defineFunction({ ...shape, name: 'listener', trigger: { kind: 'bus', events: ['memory.stored'] } }),
  defineFunction({ ...shape, name: 'cleaner', trigger: { kind: 'schedule', everyMinutes: 60 } }),
];

const ambient = { clock: systemClock, logger: silentLogger };
const fromEnvironment = <C extends z.ZodObject, T>(provider: {
  config: C;
  build(config: z.output<C>, given: typeof ambient): T;
}) => provider.build(provider.config.parse(process.env), ambient);

describe('local host', () => {
  let dataDirectory: string;
  let service: LocalService;
  const consumed: unknown[] = [];
  const heard: unknown[] = [];
  const handlers: Record<string, (event: never) => Promise<unknown>> = {
    api: async (event: HttpEvent) => ({
      statusCode: 200,
      body: JSON.stringify(event.requestContext.authorizer?.jwt?.claims),
    }),
    consumer: async (event: SQSEvent) => {
      consumed.push(...event.Records.map((record) => JSON.parse(record.body)));
      return { batchItemFailures: [] };
    },
    listener: async (event: EventBridgeEvent<string, unknown>) => void heard.push(event.detail),
    cleaner: async () => ({ cleaned: 3 }),
  };

  const start = () =>
    startLocal({
      env: { PORT: '0', STRATA_DATA: dataDirectory, LOG_LEVEL: 'SILENT' },
      functions: specs,
      load: async ({ name }) => handlers[name] as Handler,
    });

  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'strata-host-'));
    service = await start();
  });
  afterAll(async () => {
    await service.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  it('accepts its own tokens and hands over their claims', async () => {
    const token = await service.token?.({ tenant: 'acme', scopes: ['memory:read'] });
    const response = await fetch(`${service.url}/who-am-i`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await response.json()).toMatchObject({
      tenant_id: 'acme',
      scope: 'memory:read',
      iss: service.url,
    });
    expect((await fetch(`${service.url}/who-am-i`)).status).toBe(401);
  });

  it('leads messages of the queue to their function', async () => {
    const change = someChange();
    await fromEnvironment(graphChangesProvider).send([change]);
    await vi.waitFor(() => expect(consumed).toContainEqual(change));
  });

  it('leads events of the bus to their function', async () => {
    const event = someEvent();
    expect(await fromEnvironment(eventBusProvider).publish([event])).toEqual([event.id]);
    await vi.waitFor(() => expect(heard).toEqual([event]));
  });

  it('runs a schedule on demand', async () => {
    expect(await service.runSchedule('cleaner')).toEqual({ cleaned: 3 });
  });

  it('gives the functions a cache', async () => {
    const cache = fromEnvironment(hotCacheProvider);
    const memory = cachedMemory(newId(), 1);
    await cache.put('acme', [memory]);
    expect(await cache.get('acme', memory.id)).toEqual(memory);
  });

  it('runs every statement as the role that row-level security binds', async () => {
    const client = new pg.Client(service.environment.DATABASE_URL);
    await client.connect();
    const { rows } = await client.query<{ role: string; superuser: boolean; visible: number }>(
      `select current_user as role, rolsuper as superuser, (select count(*)::int from strata.memories) as visible
       from pg_roles where rolname = current_user`,
    );
    expect(rows).toEqual([{ role: 'strata_app', superuser: false, visible: 0 }]);
    await client.end();
  });

  it('takes a queue away and brings it back, and its function goes on', async () => {
    const queue = fromEnvironment(graphChangesProvider);
    await service.parts.queues?.stop();
    await expect(queue.send([someChange()])).rejects.toMatchObject({ code: 'store_unavailable' });
    await service.parts.queues?.start();
    const change = someChange();
    await queue.send([change]);
    await vi.waitFor(() => expect(consumed).toContainEqual(change), { timeout: 5_000 });
  });

  it('takes Postgres away and brings it back with its data', async () => {
    const query = async (sql: string) => {
      const client = new pg.Client(service.environment.DATABASE_URL);
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    };
    const tables = "select count(*)::int as count from pg_tables where schemaname = 'strata'";
    const before = await query(tables);
    await service.parts.postgres?.stop();
    await expect(query(tables)).rejects.toThrow(/ECONNREFUSED/);
    await service.parts.postgres?.start();
    expect(await query(tables)).toEqual(before);
  });

  it('refuses a second service on the same data, and a port that is taken', async () => {
    await expect(start()).rejects.toThrow(`Process ${process.pid} already uses the data in ${dataDirectory}`);
    const elsewhere = await mkdtemp(join(tmpdir(), 'strata-host-'));
    const { port } = new URL(service.url);
    const taken = startLocal({
      env: { PORT: port, STRATA_DATA: elsewhere, LOG_LEVEL: 'SILENT' },
      functions: specs,
      load: async ({ name }) => handlers[name] as Handler,
    });
    await expect(taken).rejects.toThrow(`Port ${port} is in use.`);
    await rm(elsewhere, { recursive: true });
  });

  it('says which database it could not use', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'strata-host-'));
    const starting = startLocal({
      env: {
        PORT: '0',
        STRATA_DATA: elsewhere,
        LOG_LEVEL: 'SILENT',
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      },
      functions: specs,
      load: async ({ name }) => handlers[name] as Handler,
    });
    await expect(starting).rejects.toThrow(/^The database of DATABASE_URL could not be brought up to date: /);
    await rm(elsewhere, { recursive: true });
  });

  it('accepts tokens from before a restart', async () => {
    const { port } = new URL(service.url);
    const token = await service.token?.({ tenant: 'acme' });
    await service.stop();
    service = await startLocal({
      env: { PORT: port, STRATA_DATA: dataDirectory, LOG_LEVEL: 'SILENT' },
      functions: specs,
      load: async ({ name }) => handlers[name] as Handler,
    });
    const response = await fetch(`${service.url}/who-am-i`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
  });
});
