import type * as z from 'zod';
import type { warning } from '../contracts/memory/model.ts';

/** Something that the caller should know of an answer that is good all the same. */
export type Warning = z.output<typeof warning>;
