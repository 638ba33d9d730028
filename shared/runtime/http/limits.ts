import type { Caller } from '../../contracts/caller.ts';
import type { Operation } from '../../contracts/operation.ts';
import type { CapabilityPorts } from '../deps.ts';
import { limitRate } from '../limit-rate.ts';

type Ports = Partial<Pick<CapabilityPorts, 'rateLimits' | 'tenantLimits'>>;

/** One of the tenant's requests; what is public belongs to no tenant. @throws AppError `rate_limited` */
export const limitRequests = (operation: Operation, caller: Caller | undefined, ports: Ports) =>
  take(operation.scope === 'public' ? undefined : caller, 'requests', 1, ports);

/** As many of the tenant's writes as the request has memories. @throws AppError `rate_limited` */
export const limitWrites = (operation: Operation, caller: Caller | undefined, body: unknown, ports: Ports) =>
  take(caller, 'memories-written', memoriesWritten(operation, body), ports);

async function take(
  caller: Caller | undefined,
  name: 'requests' | 'memories-written',
  count: number,
  { rateLimits, tenantLimits }: Ports,
): Promise<void> {
  if (!caller || count === 0 || !rateLimits || !tenantLimits) return;
  await limitRate(caller.tenantId, name, count, { rateLimits, tenantLimits });
}

/** Deleting writes nothing new, and is how a tenant comes back under its quota. */
function memoriesWritten({ scope, batch }: Operation, body: unknown): number {
  if (scope !== 'memory:write') return 0;
  const items: unknown = batch === undefined ? undefined : Reflect.get(body as object, batch);
  return Array.isArray(items) ? items.length : 1;
}
