import { describe, expect, it } from 'vitest';
import { messageBody } from '../../../shared/contracts/memory/store.ts';
import { ingestMessage } from '../../../shared/memory/write/ingest-message.ts';
import { messageImportance } from '../../../shared/memory/write/message-importance.ts';
import { memoryDeps, writer } from '../../support/memory-deps.ts';
import { stored } from './support.ts';

const message = { conversation_id: 'c', role: 'user', content: 'hello #world' };

describe('ingestMessage', () => {
  it('stores an episodic memory and answers in the names of messages', async () => {
    const deps = memoryDeps();
    const body = messageBody.parse({ ...message, importance: 0.33, metadata: { a: 1 }, user_id: 'u' });
    const answer = await ingestMessage(body, writer, deps);
    expect(answer).toEqual({
      id: answer.id,
      tenant_id: 'acme',
      ...message,
      importance: 0.33,
      created_at: '2026-03-01T12:00:00.000Z',
    });
    expect(await stored(deps, answer.id)).toMatchObject({
      type: 'episodic',
      conversationId: 'c',
      role: 'user',
      userId: 'u',
      metadata: { a: 1 },
      entities: [{ normalized: 'world' }],
    });
  });

  it.each([
    ['system', 'You are terse.', 0.6],
    ['USER', 'hello', 0.5],
    ['assistant', 'hello', 0.4],
    ['tool', '{"ok": true}', 0.4],
    ['narrator', 'hello', 0.5],
    ['user', 'Please REMEMBER that I am allergic to nuts.', 0.7],
    ['system', "Don't forget the deadline.", 0.8],
    ['user', 'I remembered it', 0.5],
  ])('judges %s: %s', async (role, content, importance) => {
    expect(messageImportance(role, content)).toBeCloseTo(importance);
    const answer = await ingestMessage(
      messageBody.parse({ ...message, role, content }),
      writer,
      memoryDeps(),
    );
    expect(answer.importance).toBeCloseTo(importance);
  });
});
