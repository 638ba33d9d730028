import { AppError } from '../../kernel/app-error.ts';
import { loadOnce } from '../../kernel/load-once.ts';
import type { Embedder } from '../../memory/ports.ts';
import { findModelDirectory } from './static/model-directory.ts';
import { type EmbeddingTable, readTable } from './static/table.ts';
import { pieceBuffer, piecesOf } from './static/word-pieces.ts';
import { wordsOf } from './static/words.ts';

const dimension = 128;

/**
 * Unit vectors from the shipped table: the sum of the rows of a text's word pieces. English, no word order.
 * The table (3.9 MB) is read when the first text comes and kept for the life of the process.
 *
 * `embed` throws AppError `embedding_unavailable` (not retryable) when the table is missing or damaged.
 * @param options.directory where the table lies; found beside the code or above it when absent.
 */
export function staticEmbedder(options: { directory?: string | undefined } = {}): Embedder {
  const table = loadOnce(async () => {
    try {
      return await readTable(options.directory ?? (await findModelDirectory()), dimension);
    } catch (cause) {
      throw new AppError('embedding_unavailable', 'The embedding table cannot be read.', { cause });
    }
  });
  return {
    space: 'static-minilm-128',
    dimension,
    async embed(texts) {
      const loaded = await table();
      const sum = new Float64Array(dimension);
      const rows = pieceBuffer();
      return texts.map((text) => unitVector(text, loaded, sum, rows));
    },
  };
}

/** `sum` and `rows` are scratch space, handed in so that a batch allocates nothing but its answers. */
function unitVector(
  text: string,
  table: EmbeddingTable,
  sum: Float64Array,
  rows: Int32Array,
): number[] | null {
  sum.fill(0);
  for (const word of wordsOf(text)) {
    const count = piecesOf(word, table.vocabulary, rows);
    for (let i = 0; i < count; i++) addRow(sum, table, rows[i] ?? 0);
  }
  let squares = 0;
  for (const component of sum) squares += component * component;
  if (squares === 0) return null;
  const norm = Math.sqrt(squares);
  return Array.from(sum, (component) => component / norm);
}

function addRow(sum: Float64Array, table: EmbeddingTable, row: number): void {
  const scale = table.scales[row] ?? 0;
  const start = row * table.dimension;
  for (let j = 0; j < table.dimension; j++) sum[j] = (sum[j] ?? 0) + scale * (table.rows[start + j] ?? 0);
}
