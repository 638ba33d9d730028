import type { Settings } from '../../infra/settings.ts';
import { table } from '../bench/table.ts';
import { assumptions, measured } from './assumptions.ts';
import type { Inventory } from './inventory.ts';
import { byItem, type Line, times, totalOf } from './lines.ts';
import { type Load, loadOf } from './load.ts';
import { priced, prices, unverified } from './prices.ts';
import { quotasOf, shareOf } from './quotas.ts';
import { bytesPerMemory, rowBytes } from './row-bytes.ts';
import { standingLines } from './standing.ts';
import {
  capacityLine,
  coldLines,
  memoryLines,
  paidAcu,
  recallLines,
  routeMetricLines,
  storageLines,
  writeLines,
} from './usage.ts';
import type { Workload } from './workload.ts';

export interface Stage {
  readonly settings: Settings;
  readonly inventory: Inventory;
}

const million = 1e6;
/** Two digits after the point; four for less than a cent, which would else be nothing. */
function dollars(amount: number): string {
  const digits = amount > 0 && amount < 0.01 ? 4 : 2;
  return amount.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
const figure = (amount: number) => amount.toLocaleString('en', { maximumSignificantDigits: 3 });

/** Items as rows, the bills as columns, and their totals. */
function bills(title: string, columns: Readonly<Record<string, readonly Line[]>>): string {
  const sums = Object.values(columns).map(byItem);
  const items = [...new Set(sums.flatMap((sum) => [...sum.keys()]))];
  const rows = items.map((item) => [item, ...sums.map((sum) => dollars(sum.get(item) ?? 0))]);
  const totals = Object.values(columns).map((lines) => dollars(totalOf(lines)));
  return table([title, ...Object.keys(columns)], [...rows, ['total', ...totals]]);
}

const tableBytes = () =>
  table(
    ['bytes of a memory', 'rows', 'indexes'],
    [
      ...Object.entries(rowBytes).map(([name, { rows, indexes }]) => [name, `${rows}`, `${indexes}`]),
      ['all together', `${bytesPerMemory}`, ''],
    ],
  );

function perMillion({ settings }: Stage, load: Load): string {
  return [
    bills('US$ a month, a million memories', {
      stored: times(million, [...storageLines(settings), ...memoryLines(settings)]),
      'Glacier IR': times(million, coldLines(settings, 'instantRetrievalGbMonth')),
      'Deep Archive': times(million, coldLines(settings, 'deepArchiveGbMonth')),
    }),
    bills('US$ a million', {
      writes: times(million, [capacityLine(settings, measured.write), ...writeLines(settings)]),
      recalls: times(million, [capacityLine(settings, load.recall), ...recallLines(settings, load.recall)]),
    }),
  ].join('\n\n');
}

const idle = (stages: readonly Stage[]) =>
  bills(
    'US$ a month, idle',
    Object.fromEntries(
      stages.map(({ settings, inventory }) => [
        settings.stage,
        standingLines(settings, inventory, { acu: paidAcu(settings, { averageAcu: 0 }), graphBytes: 0 }),
      ]),
    ),
  );

/** A month of the workload: what stands there at the size it takes, what is stored, and what is asked. */
export function monthlyLines({ settings, inventory }: Stage, workload: Workload): Line[] {
  const load = loadOf(workload);
  const { daysPerMonth } = assumptions;
  return [
    ...standingLines(settings, inventory, { acu: paidAcu(settings, load), graphBytes: load.graphBytes }),
    ...times(workload.memories, storageLines(settings)),
    ...times(workload.writesPerDay * daysPerMonth, writeLines(settings)),
    ...times(workload.recallsPerDay * daysPerMonth, recallLines(settings, load.recall)),
    ...routeMetricLines(inventory.routes),
  ];
}

function databaseNeeds({ settings }: Stage, load: Load): string {
  const paid = figure(paidAcu(settings, load));
  return [
    `Postgres holds ${figure(load.postgresBytes / 1e9)} GB and wants ${figure(load.averageAcu)} ACU on average,`,
    `${figure(load.peakAcu)} at the peak; the bill above is for ${paid} in each instance.`,
  ].join(' ');
}

function quotas({ settings }: Stage, load: Load): string {
  const rows = quotasOf(settings, load).map((each) => [
    each.name,
    each.unit,
    figure(each.limit),
    figure(each.load),
    `${figure(100 * shareOf(each))} %`,
    shareOf(each) > 1 ? 'exceeded' : '',
  ]);
  return table(
    [`quotas, ${assumptions.peakFactor} × the average`, 'unit', 'limit', 'load', 'share', ''],
    rows,
  );
}

/** Everything that is printed. `stages` are those whose idle cost is shown, `chosen` is what carries the workload. */
export function report(workload: Workload, chosen: Stage, stages: readonly Stage[]): string {
  const load = loadOf(workload);
  const asked = [
    `${figure(workload.tenants)} tenants, ${figure(workload.memories)} memories`,
    `${figure(workload.writesPerDay)} writes and ${figure(workload.recallsPerDay)} recalls a day, stage ${workload.stage}`,
  ].join(', ');
  return [
    asked,
    `List prices of ${priced.region} on ${priced.lookedUp}, without free tiers, discounts, models and tax.`,
    `From memory and not looked up: ${unverified()
      .map((name) => `${name} (US$ ${figure(prices[name].usd)} per ${prices[name].per})`)
      .join(', ')}.`,
    tableBytes(),
    perMillion(chosen, load),
    idle(stages),
    bills('US$ a month', { [chosen.settings.stage]: monthlyLines(chosen, workload) }),
    databaseNeeds(chosen, load),
    `The vector scan of a recall takes ${figure(load.memoriesPerTenant * measured.vectorScanPerRow * 1e3)} ms of one core.`,
    quotas(chosen, load),
  ].join('\n\n');
}
