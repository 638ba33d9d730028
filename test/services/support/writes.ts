import { expect } from 'vitest';
import { newId } from '../../../shared/kernel/ids.ts';
import { contentHash } from '../../../shared/kernel/hash.ts';
import type { MemoryState } from '../../../shared/memory/model.ts';
import type { IdempotencyKey, MemoryStore, MemoryWrite, WriteOutcome } from '../../../shared/memory/ports.ts';

export const newTenant = (): string => `tenant-${newId()}`;

/** A write of a plain memory, with a new id unless it is given one. */
export function writeOf(
  fields: Partial<MemoryState> = {},
  options: Partial<Pick<MemoryWrite, 'expectedVersion'>> = {},
): MemoryWrite {
  const content = fields.content ?? 'The deploy failed on Tuesday.';
  return {
    state: {
      id: newId(),
      type: 'semantic',
      content,
      tags: [],
      importance: 0.5,
      metadata: {},
      entities: [],
      relationships: [],
      occurredAt: '2026-01-02T03:04:05.678Z',
      ...fields,
    },
    kind: 'stored',
    lexicalText: String(content),
    words: 5,
    contentHash: contentHash(content),
    edgesHash: contentHash([]),
    ...options,
  };
}

type Applied = Extract<WriteOutcome, { ok: true }>;

/** Writes and answers the outcomes, all of which must be successes. */
export async function applied(
  memories: MemoryStore,
  tenantId: string,
  writes: MemoryWrite[],
): Promise<Applied[]> {
  const { outcomes } = await memories.write({ tenantId, actor: 'tester', writes });
  expect(outcomes.filter((outcome) => !outcome.ok)).toEqual([]);
  return outcomes as Applied[];
}

/** Stores one memory and answers what the store said. */
export async function stored(
  memories: MemoryStore,
  tenantId: string,
  fields: Partial<MemoryState> = {},
): Promise<Applied> {
  return (await applied(memories, tenantId, [writeOf(fields)]))[0]!;
}

export const keyOf = (key: string, request = 'a'): IdempotencyKey => ({
  key,
  requestHash: contentHash(request),
});
