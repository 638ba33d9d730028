import { table } from '../bench/table.ts';
import { archiveText, movedTables, storedTable } from './archive-report.ts';
import { assumptions } from './assumptions.ts';
import { bills, figure } from './bills.ts';
import { times } from './lines.ts';
import { type Load, loadOf } from './load.ts';
import { measured } from './measured.ts';
import { idleLines, monthlyLines, type Stage } from './monthly.ts';
import { pricedRegion } from './prices.ts';
import { type Quota, quotasOf, shareOf } from './quotas.ts';
import { type Content, memoryBytes, rowBytes } from './row-bytes.ts';
import { clientLines, messageLines } from './sockets.ts';
import { capacityLine, paidAcu, recallLines, writeLines } from './usage.ts';
import type { Workload } from './workload.ts';

const million = 1e6;
const thousand = 1e3;

function bytesTable(content: Content): string {
  const { warm, cold } = rowBytes[content];
  const all = memoryBytes(content);
  const tables = [...new Set([...Object.keys(warm), ...Object.keys(cold)])];
  const bytes = (of: Record<string, { rows: number; indexes: number }>, name: string) => {
    const { rows, indexes } = of[name] ?? { rows: 0, indexes: 0 };
    return [`${rows}`, `${indexes}`];
  };
  return table(
    [`bytes of a ${content} memory`, 'warm rows', 'indexes', 'cold rows', 'indexes'],
    [
      ...tables.map((name) => [name, ...bytes(warm, name), ...bytes(cold, name)]),
      ['all together', `${all.warm}`, '', `${all.cold}`, ''],
      ['in the archive', '', '', `${all.archived}`, ''],
    ],
  );
}

const askedTable = ({ settings }: Stage, { recall, clientsPerTenant }: Load) =>
  bills('US$ a million', {
    writes: times(million, [
      capacityLine(settings, measured.write),
      ...writeLines(settings, clientsPerTenant),
    ]),
    recalls: times(million, [capacityLine(settings, recall), ...recallLines(settings, recall)]),
    messages: times(million, messageLines(settings, Math.max(0, clientsPerTenant - 1))),
  });

const clientsTable = ({ settings }: Stage) =>
  bills('US$ a month', { 'a thousand silent clients': times(thousand, clientLines(settings)) });

const idle = (stages: readonly Stage[]) =>
  bills(
    'US$ a month, idle',
    Object.fromEntries(stages.map((stage) => [stage.settings.stage, idleLines(stage)])),
  );

function databaseNeeds({ settings }: Stage, load: Load): string {
  const paid = figure(paidAcu(settings, load));
  return [
    `Postgres holds ${figure(load.postgresBytes / 1e9)} GB and wants ${figure(load.averageAcu)} ACU on average,`,
    `${figure(load.peakAcu)} at the peak; the bill above is for ${paid} in each instance.`,
  ].join(' ');
}

/** At how many times this workload. */
function bindsAt(each: Quota): string {
  if (each.bounded || each.load === 0) return 'never';
  return shareOf(each) > 1 ? 'exceeded' : `at ${figure(1 / shareOf(each))} ×`;
}

function quotas({ settings }: Stage, load: Load): string {
  const rows = quotasOf(settings, load).map((each) => [
    each.name,
    each.unit,
    figure(each.limit),
    figure(each.load),
    `${figure(100 * shareOf(each))} %`,
    bindsAt(each),
  ]);
  return table(
    [`quotas, ${assumptions.peakFactor} × the average`, 'unit', 'limit', 'load', 'share', 'binds'],
    rows,
  );
}

const asked = ({ tenants, memories, content, writesPerDay, recallsPerDay, ...rest }: Workload) =>
  [
    `${figure(tenants)} tenants, ${figure(memories)} ${content} memories`,
    `${figure(writesPerDay)} writes and ${figure(recallsPerDay)} recalls a day`,
    `${figure(rest.connections)} clients and ${figure(rest.messagesPerDay)} messages a day between them`,
    `stage ${rest.stage}`,
  ].join(', ');

/** Everything that is printed. `stages` are those whose idle cost is shown, `chosen` is what carries the workload. */
export function report(workload: Workload, chosen: Stage, stages: readonly Stage[]): string {
  const load = loadOf(workload, chosen.settings);
  return [
    asked(workload),
    `List prices of ${pricedRegion}, without free tiers, discounts, models and tax; --prices prints where each was read.`,
    bytesTable(workload.content),
    storedTable(chosen, workload, load),
    ...movedTables(chosen, load),
    askedTable(chosen, load),
    clientsTable(chosen),
    idle(stages),
    bills('US$ a month', { [chosen.settings.stage]: monthlyLines(chosen, workload) }),
    archiveText(chosen, workload),
    databaseNeeds(chosen, load),
    `The vector scan of a recall takes ${figure(load.memoriesPerTenant * measured.vectorScanPerRow * 1e3)} ms of one core.`,
    quotas(chosen, load),
  ].join('\n\n');
}
