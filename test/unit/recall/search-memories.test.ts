import { describe, expect, it } from 'vitest';
import { searchBody } from '../../../shared/contracts/memory/recall.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { type SearchDeps, searchMemories } from '../../../shared/memory/recall/search-memories.ts';
import { recallFakes, tenantId } from './recall-fakes.ts';

const search = (deps: SearchDeps, body: Record<string, unknown>) =>
  searchMemories(tenantId, searchBody.parse(body), deps);
type Found = Awaited<ReturnType<typeof search>>;
const ids = ({ results }: Found) => results.map((result) => result.memory.id);

describe('searchMemories', () => {
  it('finds by words what has no vector, and by vector what shares no word', async () => {
    const { deps, remember } = recallFakes();
    const words = await remember('the deploy failed');
    const vector = await remember('a puppy');
    await remember('nothing of it');
    expect(ids(await search(deps, { query: 'deploy' }))[0]).toBe(words);
    expect(ids(await search(deps, { query: 'kitten' }))[0]).toBe(vector);
  });

  it('answers nothing where nothing speaks for anything', async () => {
    const { deps, remember } = recallFakes();
    await remember('the deploy failed');
    const found = await search(deps, { query: 'of the' });
    expect(found).toMatchObject({ results: [], warnings: [] });
  });

  it('counts an access and answers importance on the scale of the wire', async () => {
    const { deps, remember } = recallFakes();
    const id = await remember('the deploy failed', { importance: 0.7 });
    const found = await search(deps, { query: 'deploy' });
    expect(found.results[0]).toMatchObject({ tier: 'warm', memory: { id, importance: 7 } });
    const [memory] = await deps.memories.get(tenantId, [id], { uncounted: true });
    expect(memory?.accessCount).toBe(1);
  });

  it('takes the one author who is named as a field, and not as a word', async () => {
    const { deps, remember } = recallFakes();
    const mention = await remember('Anna Anna Anna met', { agentId: 'Ben' });
    const own = await remember('I walked the dog', { agentId: 'Anna' });
    const found = await search(deps, { query: "What about Anna's dog?", explain: true });
    expect(ids(found)[0]).toBe(own);
    expect(found.results[0]?.explain).toMatchObject({ author: { value: 1, weight: 0.6 } });
    expect(found.results.find((result) => result.memory.id === mention)?.explain ?? {}).toMatchObject({});
    const named = await search(deps, { query: 'Anna and Ben and dogs', explain: true });
    expect(named.results[0]?.explain).toMatchObject({ author: { value: 0 } });
  });

  it('explains every component only when asked', async () => {
    const { deps, remember } = recallFakes();
    await remember('the deploy failed');
    const [plain] = (await search(deps, { query: 'deploy' })).results;
    const [explained] = (await search(deps, { query: 'deploy', explain: true })).results;
    expect(plain).not.toHaveProperty('explain');
    expect(plain?.arms).toEqual({ lexical: 1, vector: 0, graph: 0, recency: expect.closeTo(0.977, 3) });
    expect(Object.keys(explained?.explain ?? {}).sort()).toEqual([
      'author',
      'episode',
      'graph',
      'importance',
      'length',
      'own',
      'previous',
      'recency',
      'similarity',
      'vector',
    ]);
  });

  it('does not bury an answer under an important memory', async () => {
    const { deps, remember } = recallFakes();
    const answer = await remember('the cat is called Mia', { importance: 0 });
    await remember('the dog came', { importance: 1 });
    expect(ids(await search(deps, { query: 'what is the cat called?' }))[0]).toBe(answer);
  });

  it('weighs as the request says', async () => {
    const { deps, remember } = recallFakes();
    const relevant = await remember('cat cat cat', { importance: 0 });
    const important = await remember('cat and bird and fish', { importance: 1 });
    const query = 'cat';
    expect(ids(await search(deps, { query, weights: { importance: 0 } }))).toEqual([relevant, important]);
    expect(ids(await search(deps, { query, weights: { similarity: 0.1, importance: 1 } }))).toEqual([
      important,
      relevant,
    ]);
    await expect(
      search(deps, { query, weights: { similarity: 0, importance: 0, recency: 0 } }),
    ).rejects.toMatchObject({ code: 'validation_failed', details: { field: 'weights' } });
  });

  it('keeps to threshold and limit', async () => {
    const { deps, remember } = recallFakes();
    for (let n = 0; n < 5; n += 1) await remember(`cat ${'bird '.repeat(n)}`);
    const all = await search(deps, { query: 'cat' });
    expect(all.results).toHaveLength(5);
    expect(all.metadata.candidates).toBe(5);
    expect((await search(deps, { query: 'cat', limit: 2 })).results).toHaveLength(2);
    const threshold = all.results[2]?.score ?? 0;
    expect((await search(deps, { query: 'cat', threshold })).results).toHaveLength(3);
  });

  it("uses a caller's vector in place of the query's", async () => {
    const { deps, remember } = recallFakes();
    await remember('the deploy failed', {}, [0, 1, 0]);
    const near = await remember('nothing of it', {}, [1, 0, 0]);
    const found = await search(deps, { embedding: [1, 0, 0] });
    expect(ids(found)[0]).toBe(near);
    expect(found.results[0]?.arms?.vector).toBeCloseTo(1, 6);
    await expect(search(deps, { embedding: [1, 0] })).rejects.toMatchObject({
      code: 'dimension_mismatch',
      details: { given: 2, expected: 3 },
    });
  });

  it('goes on by words while the embedder is away, and says so', async () => {
    const { deps, remember } = recallFakes();
    const id = await remember('the deploy failed');
    const away = async () => {
      throw new AppError('embedding_unavailable', 'away', { retryable: true });
    };
    const found = await search({ ...deps, embedder: { ...deps.embedder, embed: away } }, { query: 'deploy' });
    expect(ids(found)).toEqual([id]);
    expect(found.warnings).toEqual([expect.objectContaining({ code: 'embedding_unavailable' })]);
    const broken = async () => {
      throw new TypeError('a defect');
    };
    await expect(
      search({ ...deps, embedder: { ...deps.embedder, embed: broken } }, { query: 'deploy' }),
    ).rejects.toThrow(TypeError);
  });

  it('does not answer a memory that went while it was searched', async () => {
    const { deps, remember } = recallFakes();
    const id = await remember('the deploy failed');
    const gone = { ...deps.memories, get: async () => [] };
    expect(ids(await search({ ...deps, memories: gone }, { query: 'deploy' }))).toEqual([]);
    expect(ids(await search(deps, { query: 'deploy' }))).toEqual([id]);
  });

  it('refuses asOf in words', async () => {
    const { deps } = recallFakes();
    await expect(search(deps, { query: 'x', asOf: '2026-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'validation_failed',
      details: { field: 'asOf' },
    });
  });
});
