import type { Settings } from '../../infra/settings.ts';
import { archiveBounds } from '../../shared/contracts/lifecycle/archive-bounds.ts';
import { packMs } from '../../shared/lifecycle/tier-to-archive.ts';
import { assumptions } from './assumptions.ts';
import { specNamed } from './inventory.ts';
import { measured } from './measured.ts';
import { memoryBytes } from './row-bytes.ts';
import type { Workload } from './workload.ts';

export const storageClasses = ['standard', 'instantRetrieval', 'deepArchive'] as const;
export type StorageClass = (typeof storageClasses)[number];

/** Objects of the archive, alike all of them. */
export interface Pack {
  readonly memories: number;
  readonly bytes: number;
}

/** What goes into the archive, and what is there. */
export interface Archiving {
  readonly pack: Pack;
  readonly coldMemories: number;
  readonly shares: Readonly<Record<StorageClass, number>>;
  /** Memories that become due between two runs, once the first are old enough, and those that one run manages. */
  readonly duePerRun: number;
  readonly manageablePerRun: number;
  readonly archivedPerDay: number;
  /** Objects that change their class in a day. */
  readonly movedPerDay: Readonly<Record<Exclude<StorageClass, 'standard'>, number>>;
}

/** Unless a lifecycle says otherwise, it leaves smaller objects where they are. */
export const smallestMoved = 128 * 1024;

/**
 * Memories of an object: those that become due of one tenant wait for each other until they are enough for one, or
 * for so many days. Writes are spread evenly over tenants and over time.
 */
export function packedMemories(
  duePerRun: number,
  runsPerDay: number,
  { minPackMemories, waitDays }: Pick<Settings['archive'], 'minPackMemories' | 'waitDays'>,
): number {
  const enough = Math.max(minPackMemories, duePerRun);
  const waited = Math.max(1, duePerRun, duePerRun * runsPerDay * waitDays);
  return Math.min(archiveBounds.packMemories, enough, waited);
}

/** Memories were written at the rate of today, and none was deleted. */
export function archivingOf(workload: Workload, { archive }: Settings): Archiving {
  const { memories, writesPerDay, tenants } = workload;
  const { staysWarm } = assumptions;
  const oldestDays = memories / writesPerDay;
  const olderThan = (days: number) => (oldestDays > days ? 1 - days / oldestDays : 0);
  const { timeoutSeconds, trigger } = specNamed('tier-to-archive');
  if (trigger.kind !== 'schedule') throw new Error('The archive is filled by a schedule.');
  const runsPerDay = (24 * 60) / trigger.everyMinutes;

  const duePerRun = (writesPerDay * (1 - staysWarm)) / runsPerDay;
  const packed =
    writesPerDay > 0
      ? packedMemories(duePerRun / tenants, runsPerDay, archive)
      : // what is no longer written to has become due all at once
        Math.min(archiveBounds.packMemories, Math.max(1, (memories * (1 - staysWarm)) / tenants));
  const pack = { memories: packed, bytes: packed * memoryBytes(workload.content).archived };
  const secondsPerMemory = assumptions.packSeconds / packed + measured.archive.function;
  const manageablePerRun = (timeoutSeconds - packMs / 1_000) / secondsPerMemory;
  const kept = duePerRun > 0 ? Math.min(1, manageablePerRun / duePerRun) : 1;

  const from = (days: number) => olderThan(archive.afterDays + days);
  const moves = pack.bytes >= smallestMoved;
  const old = from(0);
  const older = moves ? from(archive.instantRetrievalAfterDays) : 0;
  const oldest = moves ? from(archive.deepArchiveAfterDays) : 0;
  const archivedPerDay = old > 0 ? duePerRun * kept * runsPerDay : 0;
  const packsPerDay = archivedPerDay / packed;
  return {
    pack,
    coldMemories: memories * old * (1 - staysWarm) * kept,
    shares: {
      standard: old > 0 ? (old - older) / old : 1,
      instantRetrieval: old > 0 ? (older - oldest) / old : 0,
      deepArchive: old > 0 ? oldest / old : 0,
    },
    duePerRun,
    manageablePerRun,
    archivedPerDay,
    movedPerDay: {
      instantRetrieval: older > 0 ? packsPerDay : 0,
      deepArchive: oldest > 0 ? packsPerDay : 0,
    },
  };
}
