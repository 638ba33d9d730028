import type { WriteContext, WriteDeps } from './context.ts';
import { deriveWrites } from './derive.ts';
import { stateOf } from './state-of.ts';

/**
 * Takes strict writes back: memories that they created are erased, others get their earlier state again as a
 * change of their own, so that versions never go back. The idempotency key is free again afterwards.
 */
export async function undoWrites(
  { tenantId, actor, idempotency }: WriteContext,
  changed: { id: string; version: number; created: boolean }[],
  deps: WriteDeps,
): Promise<void> {
  const created = changed.filter((item) => item.created);
  const updated = changed.filter((item) => !item.created);
  const touched: { id: string; version: number }[] = [];

  if (created.length > 0) {
    const { outcomes } = await deps.memories.erase({
      tenantId,
      items: created.map(({ id, version }) => ({ id, expectedVersion: version })),
    });
    const erased = outcomes.flatMap((outcome) => (outcome.ok ? [outcome] : []));
    await deps.hotCache.remove(tenantId, erased);
    touched.push(...erased);
  }

  const earlier = await Promise.all(
    updated.map(async ({ id, version }) => ({
      version,
      memory: await deps.memories.atVersion(tenantId, id, version - 1),
    })),
  );
  const drafts = earlier.flatMap(({ version, memory }) => {
    if (!memory) return [];
    return [
      {
        state: stateOf(memory),
        kind: 'stored' as const,
        reason: 'undone: the graph did not take the change',
        expectedVersion: version,
        extractEntities: false,
        embed: true,
      },
    ];
  });
  if (drafts.length > 0) {
    const { writes } = await deriveWrites(drafts, deps);
    const { outcomes } = await deps.memories.write({ tenantId, actor, writes });
    touched.push(...outcomes.flatMap((outcome) => (outcome.ok ? [outcome] : [])));
    const restored = await deps.memories.get(
      tenantId,
      updated.map(({ id }) => id),
      { uncounted: true },
    );
    await deps.hotCache.put(tenantId, restored);
  }

  await deps.projector.project(tenantId, touched);
  if (idempotency) await deps.answers.release(tenantId, idempotency);
}
