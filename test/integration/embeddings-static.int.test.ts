import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { staticEmbedder } from '../../shared/adapters/embeddings/static-embedder.ts';

const shipped = join(import.meta.dirname, '../../models/static-minilm');

const made: string[] = [];
async function copyOfModel(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'static-minilm-'));
  made.push(folder);
  await cp(shipped, folder, { recursive: true });
  return folder;
}
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true });
});

describe('staticEmbedder over a damaged table', () => {
  it.each([
    ['is missing', (folder: string) => rm(join(folder, 'table.i8'))],
    ['is truncated', (folder: string) => truncate(join(folder, 'table.i8'), 1_000)],
    ['was changed', (folder: string) => writeFile(join(folder, 'scales.f32'), Buffer.alloc(110_488))],
  ])('refuses a table that %s, and recovers when it is there again', async (_, damage) => {
    const directory = await copyOfModel();
    await damage(directory);
    const embedder = staticEmbedder({ directory });
    await expect(embedder.embed(['a cat'])).rejects.toMatchObject({
      code: 'embedding_unavailable',
      retryable: false,
    });
    await cp(shipped, directory, { recursive: true });
    expect((await embedder.embed(['a cat']))[0]).toHaveLength(128);
  });
});
