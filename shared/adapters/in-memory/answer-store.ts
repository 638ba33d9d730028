import type { AnswerStore } from '../../memory/ports.ts';
import { standingKey } from './store/idempotency.ts';
import { type InMemoryState, tenantOf } from './store/state.ts';

/** Answers under idempotency keys, in the entries that the writes claim. */
export function inMemoryAnswerStore(state: InMemoryState): AnswerStore {
  const now = () => state.clock.now().getTime();
  return {
    async find(tenantId, key) {
      return structuredClone(standingKey(tenantOf(state, tenantId), key, now())?.answer);
    },

    async record(tenantId, key, answer) {
      const tenant = tenantOf(state, tenantId);
      const standing = standingKey(tenant, key, now());
      if (standing === undefined) {
        tenant.keys.set(key.key, {
          requestHash: key.requestHash,
          createdAt: now(),
          answer: structuredClone(answer),
          purged: false,
        });
        return answer;
      }
      if (standing.purged) return answer;
      standing.answer ??= structuredClone(answer);
      return structuredClone(standing.answer);
    },

    async release(tenantId, { key }) {
      tenantOf(state, tenantId).keys.delete(key);
    },
  };
}
