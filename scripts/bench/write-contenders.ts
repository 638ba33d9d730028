import { randomUUID } from 'node:crypto';
import { staticEmbedder } from '../../shared/adapters/embeddings/static-embedder.ts';
import { rulesExtractor } from '../../shared/adapters/extraction/rules-extractor.ts';
import { inMemoryMemoryCache } from '../../shared/adapters/in-memory/cache.ts';
import { postgresAnswerStore } from '../../shared/adapters/postgres/answer-store.ts';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { redactorProvider } from '../../shared/adapters/redaction/provider.ts';
import { storeBatchBody, storeBody } from '../../shared/contracts/memory/store.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import type { MemoryWrite } from '../../shared/memory/ports.ts';
import type { WriteDeps } from '../../shared/memory/write/context.ts';
import { deriveWrites } from '../../shared/memory/write/derive.ts';
import { storeBatch } from '../../shared/memory/write/store-batch.ts';
import { draftFromItem, storeMemory } from '../../shared/memory/write/store-memory.ts';
import { type Contender, iterationsOf, type Plan } from './measure.ts';
import { rawBulkWrite, rawWrite } from './raw-write.ts';
import type { BenchStore } from './store.ts';
import { syntheticText } from './synthetic-memories.ts';

export const batchSize = 500;

const ambient = { clock: systemClock, logger: silentLogger };
const idempotency = () => ({ key: randomUUID(), requestHash: 'bench' });

/** The production adapters of the write path. The graph is no part of it: it follows after the commit. */
const writeDeps = ({ db }: BenchStore): WriteDeps => ({
  ...ambient,
  memories: postgresMemoryStore(db),
  answers: postgresAnswerStore(db),
  embedder: staticEmbedder(),
  entityExtractor: rulesExtractor(),
  redactor: redactorProvider.build(redactorProvider.config.parse({}), ambient),
  hotCache: inMemoryMemoryCache({ clock: systemClock }),
  projector: { project: async () => new Set() },
});

const text = syntheticText(1);
const newBody = (extractEntities: boolean) => ({
  agentId: 'planner',
  content: text.memory(),
  importance: 6,
  extractEntities,
});

const listOf = <T>(length: number, make: () => T): T[] => Array.from({ length }, make);

function at<T>(prepared: readonly T[], iteration: number): T {
  const input = prepared[iteration];
  if (input === undefined) throw new Error(`iteration ${iteration} was not prepared`);
  return input;
}

/** What the use case makes of bodies, so that the raw statement and the store's call write the same rows. */
async function derived(count: number, { tenantId }: BenchStore, deps: WriteDeps): Promise<MemoryWrite[]> {
  const drafts = listOf(count, () => draftFromItem(tenantId, storeBody.parse(newBody(true)), deps));
  return (await deriveWrites(drafts, deps)).writes;
}

/** One memory, from its rows by hand up to the whole use case. */
export async function singleContenders(store: BenchStore, plan: Plan): Promise<Contender[]> {
  const { pool, tenantId } = store;
  const deps = writeDeps(store);
  const count = iterationsOf(plan);
  const raw = await derived(count, store, deps);
  const prepared = await derived(count, store, deps);
  const writes = await derived(count, store, deps);
  const useCase = (name: string, extractEntities: boolean): Contender => {
    const bodies = listOf(count, () => newBody(extractEntities));
    const context = () => ({ tenantId, actor: 'bench', idempotency: idempotency() });
    return { name, run: (n) => storeMemory(storeBody.parse(at(bodies, n)), context(), deps) };
  };
  return [
    { name: 'raw statement', run: (n) => rawWrite(pool, tenantId, at(raw, n), false) },
    { name: 'raw statement, prepared', run: (n) => rawWrite(pool, tenantId, at(prepared, n), true) },
    {
      name: 'MemoryStore.write',
      run: (n) =>
        deps.memories.write({
          tenantId,
          actor: 'bench',
          idempotency: idempotency(),
          writes: [at(writes, n)],
        }),
    },
    useCase('storeMemory without entities', false),
    useCase('storeMemory', true),
  ];
}

/** Batches, likewise. */
export async function batchContenders(store: BenchStore, plan: Plan): Promise<Contender[]> {
  const { pool, tenantId } = store;
  const deps = writeDeps(store);
  const count = iterationsOf(plan);
  const batches = () => Promise.all(listOf(count, () => derived(batchSize, store, deps)));
  const raw = await batches();
  const writes = await batches();
  const bodies = listOf(count, () => ({ items: listOf(batchSize, () => newBody(false)) }));
  const request = () => ({ tenantId, actor: 'bench', idempotency: idempotency() });
  return [
    { name: 'raw unnest', run: (n) => rawBulkWrite(pool, tenantId, at(raw, n)) },
    { name: 'MemoryStore.write', run: (n) => deps.memories.write({ ...request(), writes: at(writes, n) }) },
    {
      name: 'storeBatch without entities',
      run: (n) => storeBatch(storeBatchBody.parse(at(bodies, n)), request(), deps),
    },
  ];
}
