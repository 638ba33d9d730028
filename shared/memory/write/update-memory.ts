import type { z } from 'zod';
import type { MemoryPatch, storeAnswer } from '../../contracts/memory/store.ts';
import { AppError } from '../../kernel/app-error.ts';
import { elapsedMs } from '../../kernel/clock.ts';
import type { Memory, MemoryState } from '../model.ts';
import { importanceFromWire } from '../wire.ts';
import { writeAnswer } from './answers.ts';
import { type ChangeDeps, changeMemory } from './change-memory.ts';
import type { WriteContext } from './context.ts';
import type { Draft } from './derive.ts';
import { type RedactionRun, redactionRun } from './redaction-run.ts';
import { entityFromGiven, expiry } from './state-from-item.ts';
import { stateOf } from './state-of.ts';

/** A field as patched: `null` takes an optional field away, absence leaves it. */
function patched(state: MemoryState, patch: MemoryPatch, redaction: RedactionRun, now: Date): MemoryState {
  const next: MemoryState = { ...state };
  if (patch.content !== undefined) {
    next.content =
      typeof patch.content === 'string' ? redaction.text(patch.content) : redaction.json(patch.content);
  }
  if (patch.tags !== undefined) next.tags = [...new Set(patch.tags.map((tag) => redaction.text(tag)))];
  if (patch.importance !== undefined) next.importance = importanceFromWire(patch.importance);
  if (patch.metadata !== undefined) next.metadata = redaction.json(patch.metadata);
  if (patch.memoryType !== undefined) next.type = patch.memoryType;
  if (patch.occurredAt !== undefined) next.occurredAt = patch.occurredAt;
  const optional = {
    summary: typeof patch.summary === 'string' ? redaction.text(patch.summary) : patch.summary,
    domain: patch.domain,
    validFrom: patch.validFrom,
    validTo: patch.validTo,
    expiresAt: typeof patch.ttlSeconds === 'number' ? expiry(patch.ttlSeconds, now) : patch.ttlSeconds,
  };
  for (const [field, value] of Object.entries(optional) as [
    keyof typeof optional,
    string | null | undefined,
  ][]) {
    if (value === null) delete next[field];
    else if (value !== undefined) next[field] = value;
  }
  if (patch.validFrom !== undefined || patch.validTo !== undefined) refuseEndBeforeBeginning(next);
  return next;
}

/** The contract sees the patch alone, and the other end may be one that the memory had before. */
function refuseEndBeforeBeginning({ validFrom, validTo }: MemoryState) {
  if (validFrom === undefined || validTo === undefined || validFrom <= validTo) return;
  throw new AppError(
    'validation_failed',
    'Change validFrom or validTo: a memory must not end before it begins.',
  );
}

function draftFromPatch(
  current: Memory,
  patch: MemoryPatch,
  redaction: RedactionRun,
  now: Date,
): Omit<Draft, 'expectedVersion'> {
  const state = patched(stateOf(current), patch, redaction, now);
  const newText = patch.content !== undefined;
  if (patch.entities) {
    state.entities = patch.entities.map((given) => entityFromGiven(given, redaction));
  } else if (newText) {
    // entities found in the old text do not hold for the new one; those that the caller gave do
    state.entities = state.entities.filter((entity) => entity.source === 'caller');
  }
  return {
    state,
    kind: 'updated',
    embed: newText,
    extractEntities: patch.extractEntities ?? newText,
    redacted: redaction.counts,
    ...(patch.reason !== undefined && { reason: redaction.text(patch.reason) }),
    ...(patch.embedding && { callerEmbedding: patch.embedding }),
  };
}

/** Changes the named fields of a memory as its next version. @throws AppError `validation_failed`, and those of a change */
export async function updateMemory(
  id: string,
  patch: MemoryPatch,
  context: Omit<WriteContext, 'consistency'> & { ifMatch?: number },
  deps: ChangeDeps,
): Promise<z.output<typeof storeAnswer>> {
  const started = deps.clock.now();
  const result = await changeMemory(
    id,
    (current) =>
      draftFromPatch(current, patch, redactionRun(deps.redactor(context.tenantId)), deps.clock.now()),
    { ...context, consistency: patch.consistency ?? 'eventual' },
    deps,
  );
  return writeAnswer(result, elapsedMs(deps.clock, started));
}
