import { expect } from 'vitest';
import { contentHash } from '../../shared/kernel/hash.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { JsonValue } from '../../shared/kernel/json.ts';
import type { MemoryState } from '../../shared/memory/model.ts';
import type {
  IdempotencyKey,
  MemoryStore,
  MemoryWrite,
  WriteOutcome,
  WriteRequest,
} from '../../shared/memory/ports.ts';

/** The space of the vectors that tests say the service made. */
export const testSpace = 'test-2';

export const newTenant = (): string => `tenant-${newId()}`;

export const stateWith = (fields: Partial<MemoryState> = {}): MemoryState => ({
  id: newId(),
  type: 'semantic',
  content: 'The deploy failed on Tuesday.',
  tags: [],
  importance: 0.5,
  metadata: {},
  entities: [],
  relationships: [],
  occurredAt: '2026-01-02T03:04:05.678Z',
  ...fields,
});

/** A write with hashes of its own and no vector, as a use case would derive it from a state. */
export function writeOf(
  fields: Partial<MemoryState> = {},
  options: Partial<Omit<MemoryWrite, 'state'>> = {},
): MemoryWrite {
  const state = stateWith(fields);
  const { relationships, ...rest } = state;
  return {
    state,
    kind: 'stored',
    lexicalText: JSON.stringify(state.content),
    words: 5,
    contentHash: contentHash(rest as unknown as JsonValue),
    edgesHash: contentHash(relationships as unknown as JsonValue),
    ...options,
  };
}

export type Applied = Extract<WriteOutcome, { ok: true }>;

/** Writes and answers the outcomes, all of which must be successes. */
export async function applied(
  memories: MemoryStore,
  tenantId: string,
  writes: MemoryWrite[],
  options: Partial<Pick<WriteRequest, 'actor' | 'idempotency'>> = {},
): Promise<Applied[]> {
  const { outcomes } = await memories.write({ tenantId, actor: 'tester', writes, ...options });
  expect(outcomes.filter((outcome) => !outcome.ok)).toEqual([]);
  return outcomes as Applied[];
}

/** Stores one memory and answers what the store said. */
export async function stored(
  memories: MemoryStore,
  tenantId: string,
  fields: Partial<MemoryState> = {},
  options: Partial<Omit<MemoryWrite, 'state'>> = {},
): Promise<Applied> {
  const [outcome] = await applied(memories, tenantId, [writeOf(fields, options)]);
  return outcome!;
}

export const keyOf = (key: string, request = 'a'): IdempotencyKey => ({
  key,
  requestHash: contentHash(request),
});
