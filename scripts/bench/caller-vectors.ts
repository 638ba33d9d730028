import { readFile } from 'node:fs/promises';
import * as z from 'zod';

const index = z.object({
  dim: z.number(),
  rows: z.array(
    z.union([
      z.object({ kind: z.literal('turn'), sample_id: z.string(), id: z.string() }),
      z.object({ kind: z.literal('question'), sample_id: z.string(), index: z.number() }),
    ]),
  ),
});

/** IEEE 754 half precision. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  const size = exponent === 0 ? 2 ** -14 * fraction : 2 ** (exponent - 15) * (1 + fraction);
  return bits & 0x8000 ? -size : size;
}

export interface CallerVectors {
  turn(conversation: string, key: string): number[] | undefined;
  question(conversation: string, place: number): number[] | undefined;
}

/** Vectors made beforehand by a real model: `<prefix>.json` says whose, `<prefix>.f16` holds them row by row. */
export async function readCallerVectors(prefix: string): Promise<CallerVectors> {
  const [{ dim, rows }, data] = await Promise.all([
    readFile(`${prefix}.json`, 'utf8').then((text) => index.parse(JSON.parse(text))),
    readFile(`${prefix}.f16`),
  ]);
  const at = new Map(
    rows.map((row, place) => [
      JSON.stringify([row.sample_id, row.kind === 'turn' ? row.id : row.index]),
      place,
    ]),
  );
  const read = (conversation: string, key: string | number): number[] | undefined => {
    const row = at.get(JSON.stringify([conversation, key]));
    if (row === undefined) return undefined;
    return Array.from({ length: dim }, (_, column) => half(data.readUInt16LE(2 * (row * dim + column))));
  };
  return { turn: read, question: read };
}
