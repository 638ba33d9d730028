import * as z from 'zod';
import { limits } from './limits.ts';

const printable = /^[^\p{C}]+$/u;

/** An identifier that the caller chooses. Compared by code points: case, spaces and normal forms all count. */
export const name = z
  .string()
  .min(1)
  .max(limits.nameLength)
  .regex(printable, { error: 'control characters are not allowed' });

/** A memory's own id; upper case is accepted and normalised. */
export const memoryId = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/, {
    error: 'must be a UUID',
  })
  .transform((value) => value.toLowerCase());

/** A memory named by its id or its external id. */
export const memoryReference = name;

const firstInstant = Date.parse('0001-01-01T00:00:00Z');
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

/** RFC 3339 with an offset or `Z`; years 1 to 9999, and no 30th of February. Kept to the millisecond, in UTC. */
export const timestamp = z.iso
  .datetime({
    offset: true,
    abort: true,
    error:
      'must be a real date and time with an offset, such as 2026-01-31T08:30:00Z or 2026-01-31T08:30:00+02:00',
  })
  // in UTC, because the offset may lead into a year that has five digits or is 0
  .refine((value) => Date.parse(value) >= firstInstant && Date.parse(value) <= lastInstant, {
    error: 'must be a real point in time between the years 1 and 9999',
  })
  .transform((value) => new Date(value).toISOString());

/** Importance under /api and /memory: 0 to 10. */
export const importance10 = z.number().min(0).max(10);
/** Importance under /v1: 0 to 1. */
export const importance1 = z.number().min(0).max(1);

/** A vector of the caller's own model. Halves of a float hold ±65,504; all zeros has no direction. */
export const embedding = z
  .array(z.number().min(-65_504).max(65_504))
  .min(1)
  .refine((vector) => vector.length <= limits.embeddingDimension, {
    error: `an embedding has at most ${limits.embeddingDimension} dimensions`,
  })
  // 6e-8 is the smallest half; anything below rounds to zero and would leave no direction
  .refine((vector) => vector.some((component) => Math.abs(component) >= 6e-8), {
    error: 'an embedding of zeros has no direction',
  });

/** An integer in a query string. */
export const queryInteger = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: 'must be a whole number' })
    .transform(Number)
    .pipe(z.number().int().min(minimum).max(maximum));

export const queryBoolean = z.enum(['true', 'false']).transform((value) => value === 'true');

export const cursor = z.string().min(1).max(2_048);
