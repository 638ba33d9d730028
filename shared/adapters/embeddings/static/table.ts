import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readVocabulary, type Vocabulary } from './word-pieces.ts';

const metaFile = z.object({
  format: z.literal('static-minilm/1'),
  rows: z.number().int().positive(),
  dims: z.number().int().positive(),
  table: z.string(),
  scales: z.string(),
  vocab: z.string(),
  sha256: z.record(z.string(), z.string()),
});

export interface EmbeddingTable {
  readonly dimension: number;
  /** Row major, `dimension` signed bytes a row. */
  readonly rows: Int8Array;
  /** One factor a row. */
  readonly scales: Float32Array;
  readonly vocabulary: Vocabulary;
}

/** @throws Error when a file is missing, or differs in size or SHA-256 from what `meta.json` says. */
export async function readTable(directory: string, dimension: number): Promise<EmbeddingTable> {
  const meta = metaFile.parse(JSON.parse(await readFile(join(directory, 'meta.json'), 'utf8')));
  const [table, scales, vocab] = await Promise.all([
    readFile(join(directory, meta.table)),
    readFile(join(directory, meta.scales)),
    readFile(join(directory, meta.vocab)),
  ]);
  const vocabulary = readVocabulary(vocab.toString('utf8'));
  expectSize('dimensions', meta.dims, dimension);
  expectSize(meta.table, table.byteLength, meta.rows * meta.dims);
  expectSize(meta.scales, scales.byteLength, meta.rows * Float32Array.BYTES_PER_ELEMENT);
  expectSize(meta.vocab, vocabulary.starts.size + vocabulary.continuations.size, meta.rows);
  expectHash(meta.table, table, meta.sha256);
  expectHash(meta.scales, scales, meta.sha256);
  expectHash(meta.vocab, vocab, meta.sha256);
  return {
    dimension: meta.dims,
    rows: new Int8Array(table.buffer, table.byteOffset, table.byteLength),
    scales: littleEndianFloats(scales),
    vocabulary,
  };
}

function expectSize(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`the embedding table's ${what}: ${actual}, expected ${expected}`);
}

/** Costs 3 ms for all three files, once a process: a truncated copy must not turn into wrong vectors. */
function expectHash(file: string, bytes: Buffer, expected: Record<string, string>): void {
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== expected[file]) throw new Error(`the embedding table's ${file} has SHA-256 ${actual}`);
}

/** Copied value by value: a file's bytes need not be aligned to four, nor the machine be little-endian. */
function littleEndianFloats(bytes: Buffer): Float32Array {
  const floats = new Float32Array(bytes.byteLength / Float32Array.BYTES_PER_ELEMENT);
  for (let i = 0; i < floats.length; i++) floats[i] = bytes.readFloatLE(i * Float32Array.BYTES_PER_ELEMENT);
  return floats;
}
