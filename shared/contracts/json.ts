import * as z from 'zod';
import { limits } from './limits.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const encoder = new TextEncoder();
const bytes = (value: unknown) => encoder.encode(JSON.stringify(value)).length;

/**
 * Any JSON object. Depth, key names and control characters are checked on the raw text before parsing (the
 * runtime's JSON guard), so this only has to bound the size.
 */
export const jsonObject = z.record(z.string(), z.unknown()) as unknown as z.ZodType<{ [key: string]: Json }>;

export const metadataObject = jsonObject.refine((value) => bytes(value) <= limits.metadataBytes, {
  error: `metadata is limited to ${limits.metadataBytes} bytes of JSON`,
});

/** A memory's content: text, or an object whose keys and values are its text. */
export const memoryContent = z
  .union([
    z.string().trim().min(1),
    jsonObject.refine((value) => Object.keys(value).length > 0, {
      error: 'an object needs at least one key',
    }),
  ])
  .refine((value) => bytes(value) <= limits.contentBytes, {
    error: `content is limited to ${limits.contentBytes} bytes`,
  });
