import type { z } from 'zod';
import type { StoreItem, storeAnswer, storeBody } from '../../contracts/memory/store.ts';
import { elapsedMs } from '../../kernel/clock.ts';
import { only, writeAnswer } from './answers.ts';
import { commitWrites } from './commit-writes.ts';
import type { WriteContext, WriteDeps } from './context.ts';
import type { Draft } from './derive.ts';
import { redactionRun } from './redaction-run.ts';
import { stateFromItem } from './state-from-item.ts';

/** A request to store as a draft. @throws AppError `personal_data_blocked`. */
export function draftFromItem(
  tenantId: string,
  item: StoreItem,
  { redactor, clock }: Pick<WriteDeps, 'redactor' | 'clock'>,
): Draft {
  const redaction = redactionRun(redactor(tenantId));
  const callerEmbedding = item.embedding ?? item.embeddings;
  return {
    state: stateFromItem(item, redaction, clock.now()),
    kind: 'stored',
    extractEntities: item.extractEntities,
    embed: true,
    redacted: redaction.counts,
    ...(callerEmbedding && { callerEmbedding }),
  };
}

/**
 * Stores one memory. A memory with the same `externalId` is brought to this state as its next version.
 *
 * @returns whether it was created, and the documented answer.
 */
export async function storeMemory(
  { consistency, ...item }: z.output<typeof storeBody>,
  context: Omit<WriteContext, 'consistency'>,
  deps: WriteDeps,
): Promise<{ created: boolean; answer: z.output<typeof storeAnswer> }> {
  const started = deps.clock.now();
  const result = await commitWrites(
    { ...context, consistency },
    [draftFromItem(context.tenantId, item, deps)],
    deps,
  );
  return { created: only(result).created, answer: writeAnswer(result, elapsedMs(deps.clock, started)) };
}
