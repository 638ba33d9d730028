import type { GraphChange } from '../../contracts/messages.ts';
import type { GraphChangeQueue } from '../../replication/ports.ts';

/** The queue `graph-changes` as an array; `take` is its consumer's side. */
export interface InMemoryGraphChanges extends GraphChangeQueue {
  /** Messages not taken yet, oldest first. */
  readonly waiting: readonly GraphChange[];
  take(limit?: number): GraphChange[];
}

export function inMemoryGraphChanges(): InMemoryGraphChanges {
  const waiting: GraphChange[] = [];
  return {
    waiting,
    async send(changes) {
      waiting.push(...structuredClone(changes));
    },
    take: (limit = waiting.length) => waiting.splice(0, limit),
  };
}
