import type { ArchivePolicy } from '../../../lifecycle/ports.ts';
import type { InMemoryState, TenantState } from './state.ts';

const dayMs = 86_400_000;

/** Packs of a tenant of which little is alive, in groups that fill a new one. */
export function sparsePacks(
  { clock }: InMemoryState,
  { packs, archived }: TenantState,
  { compactBelow, compactAges, minPackMemories }: ArchivePolicy,
  maxBytes: number,
): string[][] {
  const now = clock.now().getTime();
  const living = Map.groupBy([...archived.values()].flat(), ({ packId }) => packId);
  const sparse = [...living].filter(([packId, entries]) => {
    const pack = packs.get(packId);
    if (pack?.state !== 'stored') return false;
    const age = (now - pack.createdAt) / dayMs;
    return (
      entries.length < compactBelow * pack.entries &&
      !entries.some(({ damaged }) => damaged) &&
      compactAges.some(({ fromDays, toDays }) => age >= fromDays && age < toDays)
    );
  });
  let before = 0;
  const groups = Map.groupBy(sparse, ([, entries]) => {
    const group = Math.floor(before / maxBytes);
    before += entries.reduce((sum, { length }) => sum + length, 0);
    return group;
  });
  return [...groups.values()]
    .filter((group) => group.flatMap(([, entries]) => entries).length >= minPackMemories)
    .map((group) => group.map(([packId]) => packId));
}
