import type { Settings } from '../../infra/settings.ts';
import { assumptions as a } from './assumptions.ts';
import { type Line, line } from './lines.ts';
import { betweenZonesLine, runLines } from './runs.ts';
import { pushLines } from './sockets.ts';

/** One event on the bus, until the clients that listen have it. */
export function eventLines(settings: Settings, clientsPerTenant: number): Line[] {
  const { eventArchiveDays = 0 } = settings;
  const archivedGb = eventArchiveDays > 0 ? a.eventBytes / 1e9 : 0;
  return [
    line('EventBridge', 1, 'busEvent'),
    line('EventBridge', archivedGb, 'busArchiveGb'),
    line('EventBridge', (archivedGb * eventArchiveDays) / a.daysPerMonth, 'busArchiveGbMonth'),
    ...runLines(settings, 'push-to-sockets', a.push.function),
    betweenZonesLine(settings, a.eventBytes),
    ...pushLines(settings, clientsPerTenant),
  ];
}
