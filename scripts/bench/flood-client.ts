import { setTimeout as delay } from 'node:timers/promises';
import { syntheticText } from './synthetic-memories.ts';

/** What one tenant does to the service. */
export interface FloodClient {
  fill(memories: number): Promise<void>;
  /** One after the other, for some seconds at most; answers the milliseconds of each that was served, and how many were not. */
  measure(requests: number): Promise<{ samples: number[]; failed: number }>;
  /** So many requests a second, whatever becomes of them, until it is told to stop. */
  flood(perSecond: number): Flood;
}

export interface Flood {
  /** Answers how many requests were answered with which status, and how long it went on. */
  stop(): Promise<{ statuses: ReadonlyMap<number, number>; seconds: number }>;
}

/** Beyond these a flood does not send: what nobody answers would fill this process instead of the service. */
const inFlightAtMost = 64;
const tickMs = 10;
/** A service that is flooded may take seconds for each. */
const measuredMs = 5_000;

export function floodClient(url: string, token: string, seed: number): FloodClient {
  const text = syntheticText(seed);
  const send = async (path: string, body: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  };
  const search = () => send('/api/memory/search', { query: text.memory().slice(0, 60) });

  return {
    async fill(memories) {
      const items = Array.from({ length: memories }, () => ({
        content: text.memory(),
        extractEntities: false,
      }));
      const status = await send('/api/memory/batch', { items });
      if (status !== 207) throw new Error(`storing was answered ${status}`);
    },
    async measure(requests) {
      const samples: number[] = [];
      let failed = 0;
      const end = performance.now() + measuredMs;
      for (let n = 0; n < requests && performance.now() < end; n += 1) {
        const started = performance.now();
        const status = await search();
        // as an answer in no time it would make the service look quick
        if (status === 200) samples.push(performance.now() - started);
        else failed += 1;
        // as somebody who has something else to do, and stays below the limit
        await delay(tickMs);
      }
      return { samples, failed };
    },
    flood(perSecond) {
      const statuses = new Map<number, number>();
      const flying = new Set<Promise<void>>();
      const started = performance.now();
      let sent = 0;
      const timer = setInterval(() => {
        const due = ((performance.now() - started) / 1000) * perSecond;
        while (sent < due) {
          sent += 1;
          if (flying.size >= inFlightAtMost) continue;
          // status 0: the connection was cut off
          const one = search()
            .catch(() => 0)
            .then((status) => {
              statuses.set(status, (statuses.get(status) ?? 0) + 1);
              flying.delete(one);
            });
          flying.add(one);
        }
      }, tickMs);
      return {
        async stop() {
          clearInterval(timer);
          await Promise.all(flying);
          return { statuses, seconds: (performance.now() - started) / 1000 };
        },
      };
    },
  };
}
