import type * as z from 'zod';
import { searchAnswer } from '../../shared/contracts/memory/recall.ts';
import { storeBatchAnswer } from '../../shared/contracts/memory/store.ts';
import type { LocomoConversation, LocomoTurn } from '../bench/locomo.ts';
import type { DemoService } from './service.ts';

export type Found = z.output<typeof searchAnswer>['results'][number];

type Connection = Pick<DemoService, 'url' | 'authorization'>;

async function post(connection: Connection, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${connection.url}${path}`, {
    method: 'POST',
    headers: { authorization: connection.authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** The turn's name in the store: stored again, it is the same memory. */
export const externalIdOf = (conversation: LocomoConversation, key: string): string =>
  `${conversation.id}/${key}`;

/** Stores some turns as memories. @throws Error when one is refused */
export async function storeTurns(
  connection: Connection,
  conversation: LocomoConversation,
  turns: readonly LocomoTurn[],
): Promise<void> {
  const items = turns.map((turn) => ({
    externalId: externalIdOf(conversation, turn.key),
    conversationId: conversation.id,
    sessionId: turn.session,
    agentId: turn.speaker,
    memoryType: 'episodic',
    content: turn.text,
    occurredAt: turn.occurredAt,
  }));
  const { results } = storeBatchAnswer.parse(await post(connection, '/api/memory/batch', { items }));
  const refused = results.find((result) => 'code' in result);
  if (refused) throw new Error(`a turn was not stored: ${JSON.stringify(refused)}`);
}

/** The five best memories for a question, and how long the answer took. Milliseconds. */
export async function ask(
  connection: Connection,
  conversation: LocomoConversation,
  query: string,
): Promise<{ found: Found[]; ms: number }> {
  const started = performance.now();
  const answer = await post(connection, '/api/memory/search', {
    query,
    conversationId: conversation.id,
    limit: 5,
  });
  return { found: searchAnswer.parse(answer).results, ms: performance.now() - started };
}
