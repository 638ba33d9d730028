import type { memoryOperations } from '../../shared/contracts/memory/operations.ts';
import { aggregateMemories } from '../../shared/memory/read/aggregate-memories.ts';
import { getMemory } from '../../shared/memory/read/get-memory.ts';
import { listVersions } from '../../shared/memory/read/list-versions.ts';
import { queryMemories } from '../../shared/memory/read/query-memories.ts';
import { relatedMemories } from '../../shared/memory/read/related-memories.ts';
import { assembleContext } from '../../shared/memory/recall/assemble-context.ts';
import { searchMemories } from '../../shared/memory/recall/search-memories.ts';
import { searchSimilar } from '../../shared/memory/recall/search-similar.ts';
import { toWire } from '../../shared/memory/wire.ts';
import { deleteMemory } from '../../shared/memory/write/delete-memory.ts';
import { relateMemories } from '../../shared/memory/write/relate-memories.ts';
import { storeBatch } from '../../shared/memory/write/store-batch.ts';
import { storeMemory } from '../../shared/memory/write/store-memory.ts';
import { updateMemory } from '../../shared/memory/write/update-memory.ts';
import type { OperationHandlers } from '../../shared/runtime/handlers.ts';
import { etag, type MemoryDeps, writeContext } from './context.ts';
import { accepted } from './lifecycle-handlers.ts';

/** The operations under /api/memory. */
export const memoryHandlers = (deps: MemoryDeps): OperationHandlers<typeof memoryOperations> => ({
  storeMemory: async ({ body }, context) => {
    const { created, answer } = await storeMemory(body, writeContext(context), deps);
    return { status: created ? 201 : 200, body: answer, headers: etag(answer.version) };
  },
  storeBatch: async ({ body }, context) => ({
    status: 207,
    body: await storeBatch(body, writeContext(context), deps),
  }),
  getMemory: async ({ params, query }, { caller }) => {
    const options = { embedding: query.include === 'embedding' };
    const read = await getMemory(caller.tenantId, params.id, options, deps);
    if ('operation' in read) return accepted(read.operation);
    const { memory } = read;
    return { status: 200, body: { memory: toWire(memory) }, headers: etag(memory.version) };
  },
  updateMemory: async ({ params, body }, context) => {
    const answer = await updateMemory(params.id, body, writeContext(context), deps);
    return { status: 200, body: answer, headers: etag(answer.version) };
  },
  deleteMemory: async ({ params, query }, context) => {
    const options = {
      hard: query.hard ?? false,
      ...(query.reason !== undefined && { reason: query.reason }),
    };
    return { status: 200, body: await deleteMemory(params.id, options, writeContext(context), deps) };
  },
  queryMemories: async ({ body }, { caller }) => ({
    status: 200,
    body: await queryMemories(caller.tenantId, body, deps),
  }),
  searchMemories: async ({ body }, { caller }) => ({
    status: 200,
    body: await searchMemories(caller.tenantId, body, deps),
  }),
  searchSimilar: async ({ body }, { caller }) => ({
    status: 200,
    body: await searchSimilar(caller.tenantId, body, deps),
  }),
  aggregateMemories: async ({ query }, { caller }) => ({
    status: 200,
    body: await aggregateMemories(caller.tenantId, query, deps),
  }),
  relateMemories: async ({ body }, context) => ({
    status: 201,
    body: await relateMemories(body, writeContext(context), deps),
  }),
  relatedMemories: async ({ params, query }, { caller }) => ({
    status: 200,
    body: await relatedMemories(caller.tenantId, params.id, query, deps),
  }),
  memoryVersions: async ({ params, query }, { caller }) => {
    const listed = await listVersions(caller.tenantId, params.id, query, deps);
    return 'operation' in listed ? accepted(listed.operation) : { status: 200, body: listed };
  },
  assembleContext: async ({ body }, { caller }) => ({
    status: 200,
    body: await assembleContext(caller.tenantId, body, deps),
  }),
});
