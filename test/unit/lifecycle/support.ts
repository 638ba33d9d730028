import { silentLogger } from '../../../shared/kernel/logger.ts';
import { finishRestores } from '../../../shared/lifecycle/finish-restores.ts';
import { type TierCounts, type TierDeps, tierToArchive } from '../../../shared/lifecycle/tier-to-archive.ts';
import { getMemory } from '../../../shared/memory/read/get-memory.ts';
import { archivePolicy } from '../../support/archive-policy.ts';
import { type MemoryDeps, writer } from '../../support/memory-deps.ts';
import { store } from '../memory/support.ts';

export const tenant = writer.tenantId;
export const days = (count: number) => count * 86_400;
/** Longer than an excerpt, so that reading it takes the archive. */
export const long = (text: string) => `${text} `.repeat(100).trim();

export const tierDeps = (deps: MemoryDeps): TierDeps => ({
  archiveCatalogue: deps.archiveCatalogue,
  archivePacks: deps.archive,
  archivePolicy,
  clock: deps.clock,
  logger: silentLogger,
});

const later = (deps: MemoryDeps) => new Date(deps.clock.now().getTime() + 600_000);

export const tier = (deps: MemoryDeps, given: Partial<TierDeps> = {}): Promise<TierCounts> =>
  tierToArchive({ ...tierDeps(deps), ...given }, later(deps));

export const finish = (deps: MemoryDeps) =>
  finishRestores({ ...deps, memoryArchive: deps.archive }, later(deps));

/** Stores a memory and lets it grow cold. Answers its id. */
export async function archived(deps: MemoryDeps, body: Parameters<typeof store>[1]): Promise<string> {
  const { id } = (await store(deps, body)).answer;
  await growCold(deps);
  return id;
}

export async function growCold(deps: MemoryDeps): Promise<TierCounts> {
  deps.clock.advance(days(91));
  return tier(deps);
}

export const read = (deps: MemoryDeps, id: string, embedding = false) =>
  getMemory(tenant, id, { embedding }, deps);
