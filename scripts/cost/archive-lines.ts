import type { Settings } from '../../infra/settings.ts';
import { archiveBounds } from '../../shared/contracts/lifecycle/archive-bounds.ts';
import { type Archiving, type Pack, type StorageClass, smallestMoved, storageClasses } from './archiving.ts';
import { assumptions as a } from './assumptions.ts';
import { eventLines } from './events.ts';
import { specNamed } from './inventory.ts';
import { type Line, line, times } from './lines.ts';
import { measured } from './measured.ts';
import { betweenZonesLine } from './runs.ts';
import { isAurora } from './usage.ts';

const kibibyte = 1_024;
/** Deep Archive keeps this beside each object, for its name at the price of S3 Standard and for its index at its own. */
const overhead = { name: 8 * kibibyte, index: 32 * kibibyte };
/** Until Glacier has brought an object back; `finish-restores` asks twice for it at each of its runs meanwhile. */
const hoursUntilThawed = 12;

/** A month of one object, wherever it came to lie. */
const objectLines: Record<StorageClass, (bytes: number) => Line[]> = {
  standard: (bytes) => [line('archive', bytes / 1e9, 'standardGbMonth')],
  instantRetrieval: (bytes) => [
    // what is smaller is billed as if it were not
    line('archive', Math.max(smallestMoved, bytes) / 1e9, 'instantRetrievalGbMonth'),
  ],
  deepArchive: (bytes) => [
    line('archive', overhead.name / 1e9, 'standardGbMonth'),
    line('archive', (bytes + overhead.index) / 1e9, 'deepArchiveGbMonth'),
  ],
};

/** A month of one cold memory's part of its object. */
export const coldLines = ({ memories, bytes }: Pack, storage: StorageClass): Line[] =>
  times(1 / memories, objectLines[storage](bytes));

/** For how many days an object is paid for in each class, even where it is deleted sooner. */
const leastDays: Record<StorageClass, number> = {
  standard: 0,
  instantRetrieval: archiveBounds.instantRetrievalDays,
  deepArchive: 180,
};

/** One cold memory whose object is deleted as soon as it has come to that class. */
export const deletedLines = (pack: Pack, storage: StorageClass): Line[] =>
  times(leastDays[storage] / a.daysPerMonth, coldLines(pack, storage));

/** One memory on its way out of Postgres, with its part of the object, and those told of it who listen. */
export const archivedLines = (settings: Settings, pack: Pack, clientsPerTenant: number): Line[] => {
  const { memoryMb } = specNamed('tier-to-archive');
  const seconds = a.packSeconds / pack.memories + measured.archive.function;
  return [
    line('archive requests', 1 / pack.memories, 'standardPut'),
    line('archive requests', 1 / pack.memories, 'standardGet'),
    line('Lambda', (memoryMb / 1_024) * seconds, 'lambdaGbSecond'),
    line('Aurora I/O', isAurora(settings) ? a.archiveIos : 0, 'auroraIo'),
    betweenZonesLine(settings, a.databaseBytes.write),
    ...eventLines(settings, clientsPerTenant),
  ];
};

/** One cold memory that is read, beside the request itself. Glacier brings back a whole object. */
export const coldReadLines: Record<StorageClass, (pack: Pack) => Line[]> = {
  standard: () => [line('archive reads', 1, 'standardGet')],
  instantRetrieval: ({ memories, bytes }) => [
    line('archive reads', 1, 'instantRetrievalGet'),
    line('archive reads', bytes / memories / 1e9, 'instantRetrievalGb'),
  ],
  deepArchive: ({ bytes }) => [
    line('archive reads', 1, 'deepArchiveRestore'),
    line('archive reads', bytes / 1e9, 'deepArchiveGb'),
    line('archive reads', (bytes * archiveBounds.thawedDays) / a.daysPerMonth / 1e9, 'standardGbMonth'),
    line('archive reads', 1 + 2 * pollsUntilThawed(), 'standardGet'),
  ],
};

function pollsUntilThawed(): number {
  const { trigger } = specNamed('finish-restores');
  if (trigger.kind !== 'schedule') throw new Error('Restores are finished by a schedule.');
  return (hoursUntilThawed * 60) / trigger.everyMinutes;
}

/** A month of the archive: what lies there, what moves in, what grows colder, what is read. */
export function archiveLines(settings: Settings, archiving: Archiving, clientsPerTenant: number): Line[] {
  const { pack, coldMemories, shares, archivedPerDay, movedPerDay } = archiving;
  return [
    ...storageClasses.flatMap((storage) => [
      ...times(coldMemories * shares[storage], coldLines(pack, storage)),
      ...times(coldMemories * shares[storage] * a.coldReadShare, coldReadLines[storage](pack)),
    ]),
    ...times(archivedPerDay * a.daysPerMonth, archivedLines(settings, pack, clientsPerTenant)),
    line('archive requests', movedPerDay.instantRetrieval * a.daysPerMonth, 'toInstantRetrieval'),
    line('archive requests', movedPerDay.deepArchive * a.daysPerMonth, 'toDeepArchive'),
  ];
}
