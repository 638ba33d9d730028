import * as z from 'zod';
import { AppError } from '../kernel/app-error.ts';
import type { StreamPosition } from './model.ts';
import type { SealedPositions } from './ports.ts';

const purpose = 'stream';
const sealed = z.tuple([z.number().int().min(0), z.number().int(), z.array(z.number().int())]);

/** More than these in a cursor would make it long; then it stands before the first of them. */
const mostExceptions = 16;

/**
 * The place of an event that is being pushed while others before it still are. Whoever resumes from here gets those
 * others too: he may have got them already, but never misses one.
 */
export const positionOf = (sequence: number, at: string, unfinished: readonly number[]): StreamPosition => {
  if (unfinished.length <= mostExceptions) return { sequence, at, except: unfinished };
  return { sequence: Math.min(...unfinished) - 1, at, except: [] };
};

export const sealPosition = (
  cursors: SealedPositions,
  tenantId: string,
  { sequence, at, except }: StreamPosition,
): Promise<string> => cursors.seal(tenantId, purpose, [sequence, Date.parse(at), [...except]]);

/** @throws AppError `invalid_cursor` */
export async function openPosition(
  cursors: SealedPositions,
  tenantId: string,
  cursor: string,
): Promise<StreamPosition> {
  const parsed = sealed.safeParse(await cursors.open(tenantId, purpose, cursor));
  if (!parsed.success) throw new AppError('invalid_cursor', 'The cursor is not one of an event.');
  const [sequence, at, except] = parsed.data;
  return { sequence, at: new Date(at).toISOString(), except };
}
