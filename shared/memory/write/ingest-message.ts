import type { z } from 'zod';
import type { messageAnswer, messageBody } from '../../contracts/memory/store.ts';
import { importanceToWire } from '../wire.ts';
import { only } from './answers.ts';
import { commitWrites } from './commit-writes.ts';
import type { WriteContext, WriteDeps } from './context.ts';
import { messageImportance } from './message-importance.ts';
import { draftFromItem } from './store-memory.ts';

/** Stores one message of a conversation as an episodic memory. Importance is 0 to 1 here, as seed 3 has it. */
export async function ingestMessage(
  body: z.output<typeof messageBody>,
  context: Omit<WriteContext, 'consistency'>,
  deps: WriteDeps,
): Promise<z.output<typeof messageAnswer>> {
  const importance = body.importance ?? messageImportance(body.role, body.content);
  const draft = draftFromItem(
    context.tenantId,
    {
      memoryType: 'episodic',
      content: body.content,
      conversationId: body.conversation_id,
      role: body.role,
      userId: body.user_id,
      importance: importanceToWire(importance),
      metadata: body.metadata,
      extractEntities: true,
    },
    deps,
  );
  const { memory } = only(await commitWrites({ ...context, consistency: 'eventual' }, [draft], deps));
  return {
    id: memory.id,
    tenant_id: context.tenantId,
    conversation_id: body.conversation_id,
    role: body.role,
    content: String(memory.content),
    importance: memory.importance,
    created_at: memory.createdAt,
  };
}
