import { describe, expect, it } from 'vitest';
import { storeBatch } from '../../../shared/memory/write/store-batch.ts';
import { memoryDeps, writer } from '../../support/memory-deps.ts';
import { keyOf } from '../../support/store-writes.ts';

const eventual = 'eventual' as const;

describe('storeBatch', () => {
  it('stores each item by itself and answers in their order', async () => {
    const deps = memoryDeps({ policy: { card: 'block' } });
    const items = [
      { content: 'one', externalId: 'x' },
      { content: '' },
      'not an object',
      { content: '4111 1111 1111 1111' },
      { content: 'again', externalId: 'x' },
      { content: 'two', importance: 11 },
      { content: 'three' },
    ];
    const { results, metadata } = await storeBatch({ items, consistency: eventual }, writer, deps);
    expect(results).toMatchObject([
      { index: 0, status: 201, version: 1 },
      { index: 1, status: 400, code: 'validation_failed' },
      { index: 2, status: 400, code: 'validation_failed', detail: expect.stringContaining('item: ') },
      { index: 3, status: 400, code: 'personal_data_blocked' },
      { index: 4, status: 409, code: 'external_id_conflict' },
      { index: 5, status: 400, code: 'validation_failed', detail: expect.stringContaining('importance') },
      { index: 6, status: 201, version: 1 },
    ]);
    expect(metadata).toMatchObject({ vectorWriteSuccess: false, graphWriteSuccess: false });
    expect(deps.state.tenants.get('acme')!.memories.size).toBe(2);
  });

  it('says what an item lacks, as for a memory alone, and repeats no long text of it', async () => {
    const items = [{ ['k'.repeat(5_000)]: 1, content: 'x' }, {}];
    const { results } = await storeBatch({ items, consistency: eventual }, writer, memoryDeps());
    expect(results).toMatchObject([
      { detail: expect.stringMatching(/^item: Unrecognized key: "k{1,200}…$/) },
      { detail: expect.stringMatching(/^item\.content: Invalid input: expected string/) },
    ]);
  });

  it('says with 200 that an item was there before', async () => {
    const deps = memoryDeps();
    const items = [{ content: 'one', externalId: 'x' }];
    await storeBatch({ items, consistency: eventual }, writer, deps);
    const { results, metadata } = await storeBatch({ items, consistency: eventual }, writer, deps);
    expect(results).toMatchObject([{ index: 0, status: 200, version: 2 }]);
    expect(metadata).toMatchObject({ vectorWriteSuccess: true, graphWriteSuccess: true });
  });

  it('asks each provider once for the whole batch', async () => {
    const deps = memoryDeps();
    let calls = 0;
    const { embed } = deps.embedder;
    deps.embedder.embed = (texts) => {
      calls += 1;
      return embed(texts);
    };
    await storeBatch({ items: [{ content: 'a' }, { content: 'b' }], consistency: eventual }, writer, deps);
    expect(calls).toBe(1);
  });

  it('answers the same again under the same key', async () => {
    const deps = memoryDeps();
    const body = { items: [{ content: 'a' }, {}, { content: 'b' }], consistency: eventual };
    const context = { ...writer, idempotency: keyOf('k') };
    const first = await storeBatch(body, context, deps);
    expect(await storeBatch(body, context, deps)).toEqual(first);
    expect(deps.state.tenants.get('acme')!.memories.size).toBe(2);
  });

  it('writes nothing when every item is refused', async () => {
    const deps = memoryDeps();
    const { results } = await storeBatch({ items: [{}, 5], consistency: eventual }, writer, deps);
    expect(results.map(({ status }) => status)).toEqual([400, 400]);
    expect(deps.state.tenants.size).toBe(0);
  });
});
