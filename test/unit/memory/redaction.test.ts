import { describe, expect, it } from 'vitest';
import { memoryDeps, writer } from '../../support/memory-deps.ts';
import { store, stored, update } from './support.ts';

const email = 'jane.doe@example.com';
const card = '4111 1111 1111 1111';

describe('redaction', () => {
  it('comes before storage and before every provider, in every field', async () => {
    const deps = memoryDeps();
    const { answer } = await store(deps, {
      content: { note: `write to ${email}`, [email]: card },
      summary: `about ${email}`,
      tags: [email],
      metadata: { contact: email },
      entities: [{ type: 'email', value: email, normalized: email }],
    });
    await update(deps, answer.id, {
      content: `now ${email}`,
      entities: [{ type: 'email', value: email, normalized: email }],
      reason: `asked by ${email}`,
    });
    const kept = JSON.stringify([
      await stored(deps, answer.id),
      await deps.memories.versions(writer.tenantId, answer.id, { limit: 10 }),
      await deps.syncState.read(writer.tenantId, [answer.id]),
      deps.graph.contents('acme'),
      deps.seenTexts,
      answer,
    ]);
    expect(kept).not.toContain('jane.doe');
    // longer than what a random digest may hold by chance
    expect(kept).not.toContain('4111 1111');
    expect(deps.seenTexts.length).toBeGreaterThan(0);
    expect((await stored(deps, answer.id))!.content).toBe('now [email]');
  });

  it('is told of in a warning with counts and without the values', async () => {
    const { answer } = await store(memoryDeps(), { content: `${email}, ${card}`, summary: email });
    expect(answer.warnings).toEqual([
      {
        code: 'personal_data_redacted',
        detail: expect.any(String),
        found: { email: 2, card: 1 },
      },
    ]);
  });

  it('leaves what the policy allows, without a warning', async () => {
    const { answer } = await store(memoryDeps({ policy: { email: 'allow' } }), { content: `to ${email}` });
    expect(answer).toMatchObject({ memory: { content: `to ${email}` }, warnings: [] });
  });

  it('refuses what the policy blocks, and stores nothing', async () => {
    const deps = memoryDeps({ policy: { card: 'block' } });
    await expect(store(deps, { content: `pay with ${card}` })).rejects.toMatchObject({
      code: 'personal_data_blocked',
      details: { kinds: ['card'] },
    });
    expect(deps.state.tenants.size).toBe(0);
    expect(deps.seenTexts).toEqual([]);
  });
});
