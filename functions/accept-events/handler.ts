import { contentHash } from '../../shared/kernel/hash.ts';
import type { JsonValue } from '../../shared/kernel/json.ts';
import { storeMemory } from '../../shared/memory/write/store-memory.ts';
import { replicateInline } from '../../shared/replication/replicate-inline.ts';
import type { BusHandler } from '../../shared/runtime/handlers.ts';
import { limitRate } from '../../shared/runtime/limit-rate.ts';
import type { spec } from './spec.ts';

/**
 * Stores what another service requests over the bus. Who may put events there, and so for which tenant, is the
 * bus's own policy. The event's id is the idempotency key: the bus delivers at least once. Beyond the tenant's rate
 * the invocation fails, so that Lambda brings the event again later, and at last to the dead-letter queue.
 */
export const handler: BusHandler<typeof spec> = async ({ envelope, data }, deps) => {
  await limitRate(envelope.tenantId, 'memories-written', 1, deps);
  await storeMemory(
    data.memory,
    {
      tenantId: envelope.tenantId,
      actor: `event:${envelope.id}`,
      idempotency: {
        key: `event:${envelope.id}`,
        requestHash: contentHash(data.memory as unknown as JsonValue),
      },
    },
    { ...deps, projector: replicateInline(deps) },
  );
};
