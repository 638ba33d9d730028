import type { Clock } from '../../kernel/clock.ts';
import type { AnswerStore, GraphProjector, IdempotencyKey, MemoryCache, MemoryStore } from '../ports.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { DeriveDeps } from './derive.ts';

export interface WriteDeps extends DeriveDeps {
  memories: MemoryStore;
  answers: AnswerStore;
  projector: GraphProjector;
  hotCache: MemoryCache;
  redactor: (tenantId: string) => Redactor;
  clock: Clock;
}

/** Who writes, and how sure the caller wants to be. */
export interface WriteContext {
  tenantId: string;
  actor: string;
  idempotency?: IdempotencyKey;
  /** `strict`: a write that the graph does not take is undone and fails with `graph_unavailable`. */
  consistency: 'eventual' | 'strict';
}
