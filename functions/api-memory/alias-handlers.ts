import { type aliasOperations, seedTiers } from '../../shared/contracts/memory/aliases.ts';
import { searchBody } from '../../shared/contracts/memory/recall.ts';
import { searchMemories } from '../../shared/memory/recall/search-memories.ts';
import { searchMessages } from '../../shared/memory/recall/search-messages.ts';
import { deleteMemory } from '../../shared/memory/write/delete-memory.ts';
import { ingestMessage } from '../../shared/memory/write/ingest-message.ts';
import { storeMemory } from '../../shared/memory/write/store-memory.ts';
import { updateMemory } from '../../shared/memory/write/update-memory.ts';
import type { OperationHandlers } from '../../shared/runtime/handlers.ts';
import { etag, type MemoryDeps, writeContext } from './context.ts';

/** The paths of the systems that came before: their shapes, the same use cases. */
export const aliasHandlers = (deps: MemoryDeps): OperationHandlers<typeof aliasOperations> => ({
  ingestMessage: async ({ body }, context) => ({
    status: 201,
    body: await ingestMessage(body, writeContext(context), deps),
  }),
  searchMessages: async ({ query }, { caller }) => ({
    status: 200,
    body: await searchMessages(caller.tenantId, query, deps),
  }),
  storeEntry: async ({ body: { entry, tier, ...rest } }, context) => {
    const item = { ...rest, content: entry, memoryType: seedTiers[tier], extractEntities: true };
    const { created, answer } = await storeMemory(
      { ...item, consistency: 'eventual' },
      writeContext(context),
      deps,
    );
    return { status: created ? 201 : 200, body: answer, headers: etag(answer.version) };
  },
  recallEntries: async ({ query: { tier, ...query } }, { caller }) => {
    // parsed by the search's own contract, so that its defaults hold here too
    const body = searchBody.parse({ ...query, ...(tier && { memoryTypes: [seedTiers[tier]] }) });
    return { status: 200, body: await searchMemories(caller.tenantId, body, deps) };
  },
  updateEntry: async ({ body: { id, changes } }, context) => {
    const answer = await updateMemory(id, changes, writeContext(context), deps);
    return { status: 200, body: answer, headers: etag(answer.version) };
  },
  forgetEntry: async ({ query: { id, hard = false, reason } }, context) => {
    const options = { hard, ...(reason !== undefined && { reason }) };
    return { status: 200, body: await deleteMemory(id, options, writeContext(context), deps) };
  },
});
