import { archiveBounds } from '../contracts/lifecycle/archive-bounds.ts';
import { isAppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import { compactPacks } from './compact-packs.ts';
import { objectKey } from './object-key.ts';
import { type PackDeps, packMemories } from './pack-memories.ts';
import type { ArchiveOverview, ArchivePolicy } from './ports.ts';
import { packBytes } from './write-pack.ts';

export interface TierDeps extends PackDeps {
  archivePolicy: ArchivePolicy;
  clock: Clock;
  logger: Logger;
}

const discardedAtOnce = 200;
const compactedAtOnce = 200;
/** A pack takes less; one that is cut off leaves its memories warm, and its object to a later run. */
export const packMs = 30_000;

export interface TierCounts extends ArchiveOverview {
  [count: string]: number;
  archived: number;
  /** Memories that could not be archived, and packs that could not be compacted; the next run tries again. */
  failed: number;
  /** Whose living entries moved into new ones; they are discarded by a later run. */
  compactedPacks: number;
  discardedPacks: number;
}

/**
 * Moves what nobody has changed or read for long into the archive, pack by pack until nothing is due or the deadline
 * is near, compacts packs of which little is alive, and deletes those that nobody needs. Several runs at once share
 * the work.
 *
 * @throws AppError the reason why nothing could be archived, though something was due
 */
export async function tierToArchive(deps: TierDeps, deadline: Date): Promise<TierCounts> {
  const { archiveCatalogue, clock } = deps;
  const hasTime = () => deadline.getTime() - clock.now().getTime() > packMs;
  const discardedPacks = await discardPacks(deps, hasTime);
  const { archived, failed, reason } = await archiveDue(deps, hasTime);
  if (archived === 0 && reason !== undefined) throw reason;
  const compaction = await compactSparse(deps, hasTime);
  return {
    archived,
    failed: failed + compaction.failed,
    compactedPacks: compaction.compacted,
    discardedPacks,
    ...(await archiveCatalogue.overview()),
  };
}

async function archiveDue(deps: TierDeps, hasTime: () => boolean) {
  const { archiveCatalogue, archivePolicy, logger } = deps;
  let [archived, failed, reason] = [0, 0, undefined as unknown];
  const tenants = await archiveCatalogue.tenantsDue(archivePolicy);
  // a pack of each in turn, so that a tenant with many waits for none with more; the list grows while it is walked
  for (const tenantId of tenants) {
    if (!hasTime()) break;
    const memoryIds = await archiveCatalogue.due(tenantId, archivePolicy, archiveBounds.packMemories);
    if (memoryIds.length === 0) continue;
    try {
      const moved = await packMemories(tenantId, memoryIds, deps);
      archived += moved;
      if (moved > 0) tenants.push(tenantId);
    } catch (error) {
      logger.error('memories were not archived', { tenantId, error: codeOf(error) });
      reason ??= error;
      failed += memoryIds.length;
      // a store or an archive that is away is so for all tenants
      if (isAppError(error) && error.retryable) break;
    }
  }
  return { archived, failed, reason };
}

async function compactSparse(deps: TierDeps, hasTime: () => boolean) {
  const { archiveCatalogue, archivePolicy, logger } = deps;
  let [compacted, failed] = [0, 0];
  for (const { tenantId, packIds } of await archiveCatalogue.sparse(
    archivePolicy,
    packBytes,
    compactedAtOnce,
  )) {
    if (!hasTime()) break;
    try {
      if ((await compactPacks(tenantId, packIds, deps)) > 0) compacted += packIds.length;
    } catch (error) {
      // an object that S3 does not give back looks like an S3 that is away: it must not keep the others from theirs
      logger.error('packs were not compacted', { tenantId, error: codeOf(error) });
      failed += packIds.length;
    }
  }
  return { compacted, failed };
}

const codeOf = (error: unknown) => (isAppError(error) ? error.code : 'internal');

/** An object goes before its row, so that a run that ends in between is repeated by the next. */
async function discardPacks(
  { archiveCatalogue, archivePacks }: PackDeps,
  hasTime: () => boolean,
): Promise<number> {
  let discarded = 0;
  for (const { tenantId, packId } of await archiveCatalogue.unused(discardedAtOnce)) {
    if (!hasTime()) break;
    if (!(await archiveCatalogue.discard(tenantId, packId))) continue;
    await archivePacks.delete(objectKey(tenantId, packId));
    await archiveCatalogue.forget(tenantId, packId);
    discarded += 1;
  }
  return discarded;
}
