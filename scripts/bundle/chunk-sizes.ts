import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { type Bundle, entryFile } from './bundle-function.ts';

const gzipped = promisify(gzip);

export interface ChunkSizes {
  /** Gzipped bytes that a cold start reads: the entry and what it imports statically, however deep. */
  eager: number;
  /** Gzipped bytes of what is imported when it is first needed. */
  lazy: number;
}

/** Files that loading the entry loads with it. */
export function eagerFiles({ outputs }: Pick<Metafile, 'outputs'>): Set<string> {
  const reached = new Set([entryFile]);
  // a set may grow while it is walked, and every member comes once
  for (const file of reached) {
    for (const { kind, path } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && path in outputs) reached.add(path);
    }
  }
  return reached;
}

export async function chunkSizes({ directory, metafile }: Bundle): Promise<ChunkSizes> {
  const eager = eagerFiles(metafile);
  const sizes: ChunkSizes = { eager: 0, lazy: 0 };
  for (const file of Object.keys(metafile.outputs)) {
    const { length } = await gzipped(await readFile(join(directory, file)));
    sizes[eager.has(file) ? 'eager' : 'lazy'] += length;
  }
  return sizes;
}
