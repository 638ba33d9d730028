import type { Memory } from '../../../memory/model.ts';
import type { Aggregation, AggregationGroup, AggregationQuery } from '../../../memory/ports.ts';
import { compareText } from './match-scope.ts';

/** As many as Postgres answers. */
const groupLimit = 200;

const keysOf: Record<NonNullable<AggregationQuery['groupBy']>, (memory: Memory) => string[]> = {
  type: (memory) => [memory.type],
  tier: (memory) => [memory.tier],
  domain: (memory) => [memory.domain ?? ''],
  agentId: (memory) => [memory.agentId ?? ''],
  serviceId: (memory) => [memory.serviceId ?? ''],
  tag: (memory) => memory.tags,
  day: (memory) => [memory.occurredAt.slice(0, 10)],
  month: (memory) => [memory.occurredAt.slice(0, 7)],
};

function grouped(memories: Memory[], keys: (memory: Memory) => (string | undefined)[]): [string, Memory[]][] {
  const groups = new Map<string, Memory[]>();
  for (const memory of memories) {
    for (const key of keys(memory)) {
      if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), memory]);
    }
  }
  return [...groups]
    .sort(([a, first], [b, second]) => second.length - first.length || compareText(a, b))
    .slice(0, groupLimit);
}

function statistics(memories: Memory[]): Omit<AggregationGroup, 'key'> {
  const sum = (of: (memory: Memory) => number) => memories.reduce((total, memory) => total + of(memory), 0);
  return {
    count: memories.length,
    averageImportance: memories.length === 0 ? 0 : sum((memory) => memory.importance) / memories.length,
    totalAccesses: sum((memory) => memory.accessCount),
  };
}

const counts = (memories: Memory[], keys: (memory: Memory) => (string | undefined)[]) =>
  Object.fromEntries(grouped(memories, keys).map(([key, group]) => [key, group.length]));

/** Statistics of live memories. */
export function aggregationOf(live: Memory[], query: AggregationQuery): Aggregation {
  const memories = live.filter(
    (memory) =>
      (query.domain === undefined || memory.domain === query.domain) &&
      (query.agentId === undefined || memory.agentId === query.agentId) &&
      (query.memoryType === undefined || memory.type === query.memoryType) &&
      (query.since === undefined || memory.occurredAt >= query.since) &&
      (query.until === undefined || memory.occurredAt < query.until),
  );
  return {
    total: statistics(memories),
    byType: counts(memories, keysOf.type),
    byTier: counts(memories, keysOf.tier),
    byDomain: counts(memories, (memory) => [memory.domain]),
    byAgent: counts(memories, (memory) => [memory.agentId]),
    byTag: counts(memories, keysOf.tag),
    byDay: counts(memories, keysOf.day),
    ...(query.groupBy && {
      groups: grouped(memories, keysOf[query.groupBy]).map(([key, group]) => ({
        key,
        ...statistics(group),
      })),
    }),
  };
}
