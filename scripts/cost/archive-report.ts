import { archivedLines, coldLines, coldReadLines, deletedLines } from './archive-lines.ts';
import { type Archiving, type StorageClass, smallestMoved } from './archiving.ts';
import { bills, dollars, figure } from './bills.ts';
import { type Line, times, totalOf } from './lines.ts';
import { type Load, loadOf } from './load.ts';
import { measured } from './measured.ts';
import { monthlyLines, type Stage, withoutArchive } from './monthly.ts';
import { memoryBytes } from './row-bytes.ts';
import { cacheLines, capacityLine, memoryLines, postgresLine } from './usage.ts';
import type { Workload } from './workload.ts';

const million = 1e6;
const namesOf: Record<StorageClass, string> = {
  standard: 'S3 Standard',
  instantRetrieval: 'Glacier IR',
  deepArchive: 'Deep Archive',
};
const perClass = (lines: (storage: StorageClass) => Line[]) =>
  Object.fromEntries(
    Object.entries(namesOf).map(([storage, name]) => [name, times(million, lines(storage as StorageClass))]),
  );

/** A month of a million memories, warm and in each class of the archive. */
export function storedTable({ settings }: Stage, { content }: Workload, { archiving }: Load): string {
  const bytes = memoryBytes(content);
  const inStores = (size: number) => [postgresLine(settings, size), ...memoryLines(settings, size)];
  return bills('US$ a month, a million memories', {
    warm: times(million, [...inStores(bytes.warm), ...cacheLines()]),
    ...perClass((storage) => [...inStores(bytes.cold), ...coldLines(archiving.pack, storage)]),
  });
}

/** What a million cost once that are moved, read, or deleted as soon as they are there. */
export const movedTables = (
  { settings }: Stage,
  { archiving: { pack }, clientsPerTenant }: Load,
): string[] => [
  bills('US$ a million', {
    archived: times(million, [
      capacityLine(settings, measured.archive),
      ...archivedLines(settings, pack, clientsPerTenant),
    ]),
  }),
  bills(
    'US$ a million cold ones read',
    perClass((storage) => coldReadLines[storage](pack)),
  ),
  bills(
    'US$ a million deleted at once',
    perClass((storage) => deletedLines(pack, storage)),
  ),
];

function packsText({ pack, duePerRun, manageablePerRun }: Archiving): string {
  const fate =
    pack.bytes < smallestMoved
      ? `less than ${smallestMoved / 1_024} KB, so that the lifecycle leaves it in S3 Standard`
      : 'enough to go through all classes';
  const late = duePerRun > manageablePerRun ? ', so that the rest stays warm' : '';
  return [
    `An object of the archive holds ${figure(pack.memories)} memories in ${figure(pack.bytes / 1_024)} KB, ${fate}.`,
    `${figure(duePerRun)} become due between two runs, and a run manages ${figure(manageablePerRun)}${late}.`,
  ].join(' ');
}

/** Whether the archive is worth it: the same month with it and without. */
export function archiveText(stage: Stage, workload: Workload): string {
  const { archiving } = loadOf(workload, stage.settings);
  const packs = packsText(archiving);
  if (archiving.coldMemories === 0) return `${packs} No memory is old enough yet.`;
  const total = (of: Stage) => totalOf(monthlyLines(of, workload));
  const saved = total(withoutArchive(stage)) - total(stage);
  const verdict =
    saved > 0 ? `saves US$ ${dollars(saved)}` : `costs US$ ${dollars(-saved)} more than it saves`;
  return [
    packs,
    `${figure((100 * archiving.coldMemories) / workload.memories)} % of the memories are cold.`,
    `Against the same month with all of them warm, the archive ${verdict}.`,
  ].join(' ');
}
