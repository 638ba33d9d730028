import type { Settings } from '../../infra/settings.ts';
import { archiveLines } from './archive-lines.ts';
import { assumptions } from './assumptions.ts';
import type { Inventory } from './inventory.ts';
import { type Line, times } from './lines.ts';
import { loadOf } from './load.ts';
import { firstTracesLine } from './runs.ts';
import { clientLines, messageLines } from './sockets.ts';
import { standingLines } from './standing.ts';
import { cacheLines, paidAcu, postgresLine, recallLines, routeMetricLines, writeLines } from './usage.ts';
import type { Workload } from './workload.ts';

export interface Stage {
  readonly settings: Settings;
  readonly inventory: Inventory;
}

/** A month in which nobody calls. */
export const idleLines = ({ settings, inventory }: Stage): Line[] =>
  standingLines(settings, inventory, { acu: paidAcu(settings, { averageAcu: 0 }), graphBytes: 0 });

/** A month of the workload: what stands there at the size it takes, what is stored, and what is asked. */
export function monthlyLines({ settings, inventory }: Stage, workload: Workload): Line[] {
  const load = loadOf(workload, settings);
  const { clientsPerTenant } = load;
  const { memories, writesPerDay, recallsPerDay, connections, messagesPerDay } = workload;
  const { daysPerMonth } = assumptions;
  return [
    ...standingLines(settings, inventory, { acu: paidAcu(settings, load), graphBytes: load.graphBytes }),
    postgresLine(settings, load.postgresBytes),
    ...times(memories, cacheLines()),
    ...times(writesPerDay * daysPerMonth, writeLines(settings, clientsPerTenant)),
    ...times(recallsPerDay * daysPerMonth, recallLines(settings, load.recall)),
    firstTracesLine(settings, writesPerDay + recallsPerDay),
    ...archiveLines(settings, load.archiving, clientsPerTenant),
    ...times(connections, clientLines(settings)),
    ...times(messagesPerDay * daysPerMonth, messageLines(settings, Math.max(0, clientsPerTenant - 1))),
    ...routeMetricLines(inventory.routes),
  ];
}

/** The same stage, if no memory ever grew old enough for the archive. */
export const withoutArchive = ({ settings, inventory }: Stage): Stage => ({
  settings: { ...settings, archive: { ...settings.archive, afterDays: Number.POSITIVE_INFINITY } },
  inventory,
});
