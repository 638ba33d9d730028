import { assumptions, measured } from './assumptions.ts';
import { bytesPerMemory, statisticsBytesPerTenant } from './row-bytes.ts';
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

/** What a workload asks of the stores. */
export interface Load {
  readonly memoriesPerTenant: number;
  readonly postgresBytes: number;
  readonly graphBytes: number;
  readonly peakWritesPerSecond: number;
  readonly peakRecallsPerSecond: number;
  readonly recall: Seconds;
  /** Capacity of the writer that the average takes, and that the busiest second does; before any limit. */
  readonly averageAcu: number;
  readonly peakAcu: number;
}

export function loadOf({ tenants, memories, writesPerDay, recallsPerDay }: Workload): Load {
  const { peakFactor, acuPerCore, utilisation, workingSet, gibPerAcu } = assumptions;
  const memoriesPerTenant = memories / tenants;
  const recall = recallSeconds(memoriesPerTenant);
  const statistics = memoriesPerTenant > measured.smallRecall.upTo ? tenants * statisticsBytesPerTenant : 0;
  const postgresBytes = memories * bytesPerMemory + statistics;
  const cores = (writesPerDay * measured.write.database + recallsPerDay * recall.database) / 86_400;
  const forMemory = (postgresBytes * workingSet) / 2 ** 30 / gibPerAcu;
  const forWork = (cores * acuPerCore) / utilisation;
  return {
    memoriesPerTenant,
    postgresBytes,
    graphBytes: memories * assumptions.graphBytesPerMemory,
    peakWritesPerSecond: (peakFactor * writesPerDay) / 86_400,
    peakRecallsPerSecond: (peakFactor * recallsPerDay) / 86_400,
    recall,
    averageAcu: Math.max(forMemory, forWork),
    peakAcu: Math.max(forMemory, forWork * peakFactor),
  };
}
