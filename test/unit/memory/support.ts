import type * as z from 'zod';
import { storeBody, updateBody } from '../../../shared/contracts/memory/store.ts';
import type { Memory } from '../../../shared/memory/model.ts';
import { storeMemory } from '../../../shared/memory/write/store-memory.ts';
import { updateMemory } from '../../../shared/memory/write/update-memory.ts';
import { type MemoryDeps, writer } from '../../support/memory-deps.ts';

type Context = Parameters<typeof storeMemory>[1];

/** Stores a request as it comes over the wire. */
export const store = (deps: MemoryDeps, body: z.input<typeof storeBody>, context: Partial<Context> = {}) =>
  storeMemory(storeBody.parse(body), { ...writer, ...context }, deps);

export const update = (
  deps: MemoryDeps,
  id: string,
  patch: z.input<typeof updateBody>,
  context: Partial<Parameters<typeof updateMemory>[2]> = {},
) => updateMemory(id, updateBody.parse(patch), { ...writer, ...context }, deps);

export async function stored(deps: MemoryDeps, id: string): Promise<Memory | undefined> {
  const [memory] = await deps.memories.get(writer.tenantId, [id], { uncounted: true });
  return memory;
}
