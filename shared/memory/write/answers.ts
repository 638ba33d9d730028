import type { z } from 'zod';
import type { storeAnswer } from '../../contracts/memory/store.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toWire } from '../wire.ts';
import { type CommitResult, type Committed, failure } from './commit-writes.ts';

/** The single item of a commit, or the error that refused it. */
export function only(result: CommitResult): Extract<Committed, { ok: true }> {
  const [item] = result.items;
  if (!item) throw new AppError('internal', 'The write had no outcome.');
  if (!item.ok) throw failure(item);
  return item;
}

export function writeAnswer(result: CommitResult, durationMs: number): z.output<typeof storeAnswer> {
  const item = only(result);
  return {
    id: item.memory.id,
    version: item.memory.version,
    memory: toWire(item.memory),
    // the store that decides holds the vector: when this answer exists, it was written
    metadata: { vectorWriteSuccess: true, graphWriteSuccess: item.inGraph, durationMs },
    warnings: result.warnings,
  };
}
