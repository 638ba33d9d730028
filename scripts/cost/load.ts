import type { Settings } from '../../infra/settings.ts';
import { type Archiving, archivingOf } from './archiving.ts';
import { assumptions } from './assumptions.ts';
import { measured } from './measured.ts';
import { memoryBytes, statisticsBytesPerTenant } from './row-bytes.ts';
import { sessionSecondsOf } from './sockets.ts';
import type { Workload } from './workload.ts';

export interface Seconds {
  readonly function: number;
  /** Of one core of Postgres. */
  readonly database: number;
}

/** A recall in a tenant of that size: its exact vector scan grows with the tenant, the rest hardly does. */
export function recallSeconds(memoriesPerTenant: number): Seconds {
  const { smallRecall, largeRecall, vectorScanPerRow } = measured;
  if (memoriesPerTenant <= smallRecall.upTo) return smallRecall;
  const more = Math.max(0, memoriesPerTenant - largeRecall.at) * vectorScanPerRow;
  return { function: largeRecall.function + more, database: largeRecall.database + more };
}

/** What the busiest second brings. */
export interface Peak {
  readonly writes: number;
  readonly recalls: number;
  /** Of memories that were written or archived. */
  readonly events: number;
  /** From the service to its clients. */
  readonly pushes: number;
  readonly messages: number;
  readonly connects: number;
}

/** What a workload asks of the stores. */
export interface Load {
  readonly memoriesPerTenant: number;
  readonly clientsPerTenant: number;
  readonly archiving: Archiving;
  readonly postgresBytes: number;
  readonly graphBytes: number;
  readonly peak: Peak;
  readonly recall: Seconds;
  /** Capacity of the writer that the average takes, and that the busiest second does; before any limit. */
  readonly averageAcu: number;
  readonly peakAcu: number;
}

export function loadOf(workload: Workload, settings: Settings): Load {
  const { peakFactor, acuPerCore, utilisation, workingSet, gibPerAcu, push } = assumptions;
  const { tenants, memories, writesPerDay, recallsPerDay, connections, messagesPerDay } = workload;
  const memoriesPerTenant = memories / tenants;
  const clientsPerTenant = connections / tenants;
  const recall = recallSeconds(memoriesPerTenant);
  const archiving = archivingOf(workload, settings);
  const { coldMemories, archivedPerDay } = archiving;
  const { warm, cold } = memoryBytes(workload.content);
  const statistics = memoriesPerTenant > measured.smallRecall.upTo ? tenants * statisticsBytesPerTenant : 0;
  const postgresBytes = (memories - coldMemories) * warm + coldMemories * cold + statistics;
  const eventsPerDay = writesPerDay + archivedPerDay;
  const cores =
    (writesPerDay * measured.write.database +
      recallsPerDay * recall.database +
      archivedPerDay * measured.archive.database +
      eventsPerDay * push.database) /
    86_400;
  const forMemory = (postgresBytes * workingSet) / 2 ** 30 / gibPerAcu;
  const forWork = (cores * acuPerCore) / utilisation;
  const atPeak = (perDay: number) => (peakFactor * perDay) / 86_400;
  return {
    memoriesPerTenant,
    clientsPerTenant,
    archiving,
    postgresBytes,
    graphBytes: memories * assumptions.graphBytesPerMemory,
    peak: {
      writes: atPeak(writesPerDay),
      recalls: atPeak(recallsPerDay),
      events: atPeak(eventsPerDay),
      // a message goes to the others, and is answered
      pushes: atPeak(eventsPerDay * clientsPerTenant + messagesPerDay * Math.max(1, clientsPerTenant)),
      messages: atPeak(messagesPerDay),
      connects: (peakFactor * connections) / sessionSecondsOf(settings),
    },
    recall,
    averageAcu: Math.max(forMemory, forWork),
    peakAcu: Math.max(forMemory, forWork * peakFactor),
  };
}
