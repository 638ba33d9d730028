import type { BucketKey, TokenBuckets } from '../../limits/ports.ts';

/** Token buckets in this process's memory. */
export function inMemoryTokenBuckets(): TokenBuckets {
  const arrivals = new Map<string, number>();
  const keyOf = ({ tenantId, name }: BucketKey) => JSON.stringify([tenantId, name]);

  /** Full buckets need not be known. */
  function forgetFull(now: number) {
    for (const [key, arrival] of arrivals) if (arrival <= now) arrivals.delete(key);
  }

  return {
    async advance(key, { now, cost, reach }) {
      const arrival = arrivals.get(keyOf(key)) ?? 0;
      const next = Math.max(arrival, now) + cost;
      if (next > now + reach) return { moved: false, arrival };
      if (arrivals.size >= 10_000) forgetFull(now);
      arrivals.set(keyOf(key), next);
      return { moved: true, arrival: next };
    },
    arrival: async (key) => arrivals.get(keyOf(key)) ?? 0,
  };
}
