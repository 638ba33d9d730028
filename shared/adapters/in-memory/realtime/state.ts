import type { SubscriptionFilter } from '../../../contracts/realtime/subscription.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Connection, Streamed } from '../../../realtime/model.ts';

export interface KeptConnection extends Connection {
  filter: SubscriptionFilter | undefined;
}

export interface KeptEvent extends Streamed {
  awaiting: string[];
}

export interface Stream {
  lastSequence: number;
  events: KeptEvent[];
}

/** What the ports of realtime stand on together, where no Postgres is. */
export interface RealtimeState {
  readonly clock: Clock;
  readonly connections: Map<string, KeptConnection>;
  readonly streams: Map<string, Stream>;
}

export const realtimeState = (clock: Clock): RealtimeState => ({
  clock,
  connections: new Map(),
  streams: new Map(),
});

/** The stream of a tenant that has connected once. */
export function streamOf({ streams }: RealtimeState, tenantId: string): Stream {
  const stream = streams.get(tenantId) ?? { lastSequence: 0, events: [] };
  streams.set(tenantId, stream);
  return stream;
}

export const isAlive = ({ clock }: RealtimeState, { expiresAt }: Connection) =>
  Date.parse(expiresAt) > clock.now().getTime();

/** For how long a bus tries to hand over an event. */
export const patienceMs = 600_000;

export const ageMs = ({ clock }: RealtimeState, { appendedAt }: Streamed) =>
  clock.now().getTime() - Date.parse(appendedAt);
