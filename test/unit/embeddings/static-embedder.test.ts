import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findModelDirectory } from '../../../shared/adapters/embeddings/static/model-directory.ts';
import { staticEmbedder } from '../../../shared/adapters/embeddings/static-embedder.ts';
import vectors from './static-minilm.vectors.json' with { type: 'json' };

const shipped = join(import.meta.dirname, '../../../models/static-minilm');
const cosine = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe('staticEmbedder', () => {
  it.each(vectors)('gives the published vector of "$text"', async ({ text, head }) => {
    const [vector] = await staticEmbedder().embed([text]);
    expect(vector).toHaveLength(128);
    for (const [i, expected] of head.entries()) expect(Math.abs(vector![i]! - expected)).toBeLessThan(1e-4);
    expect(cosine(vector!, vector!)).toBeCloseTo(1, 10);
  });

  it('finds texts alike that share no word', async () => {
    const [database, postgres, cello] = await staticEmbedder().embed([
      'We moved the database to a cheaper region.',
      'The Postgres cluster now runs in Frankfurt.',
      'My sister is learning to play the cello.',
    ]);
    expect(cosine(database!, postgres!)).toBeCloseTo(0.197, 3);
    expect(cosine(database!, cello!)).toBeCloseTo(-0.049, 3);
  });

  it('names its space and answers null for texts without a known word', async () => {
    const embedder = staticEmbedder();
    expect(embedder.space).toBe('static-minilm-128');
    expect(embedder.dimension).toBe(128);
    const answers = await embedder.embed(['', ' \n', '漢字', 'x'.repeat(101), '\u0000']);
    expect(answers).toEqual([null, null, null, null, null]);
    expect(await embedder.embed([])).toEqual([]);
  });

  it('ignores case, accents and control characters', async () => {
    const [plain, other] = await staticEmbedder().embed(['naive cafe owners', 'NAÏVE\tCafé\u200b owners']);
    expect(other).toEqual(plain);
  });

  it('takes a text of the largest size', async () => {
    const [vector] = await staticEmbedder().embed(['lorem ipsum dolor '.repeat(3_640)]);
    expect(vector).toHaveLength(128);
  });

  it('finds the table from a folder below, and says what to set when there is none', async () => {
    expect(await findModelDirectory(join(import.meta.dirname, 'deeper'))).toBe(shipped);
    await expect(findModelDirectory(tmpdir())).rejects.toThrow('STATIC_MODEL_DIR');
  });
});
