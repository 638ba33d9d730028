import { type CheckedWrite, failure } from './check-writes.ts';
import type { TenantState } from './state.ts';

const keeps = (tenant: TenantState, id: string) => tenant.ledger.get(id)?.deleted === false;

/** Memories of a tenant that are not deleted. */
export const memoriesKept = ({ ledger }: TenantState): number =>
  [...ledger.values()].filter(({ deleted }) => !deleted).length;

/** The same writes, those that would keep more memories than the quota refused. */
export function withinQuota(tenant: TenantState, checked: CheckedWrite[], quota: number): CheckedWrite[] {
  let room = quota - memoriesKept(tenant);
  return checked.map((item) => {
    const gains =
      item.failure === undefined && item.write.state.deletedAt === undefined && !keeps(tenant, item.id);
    if (!gains) return item;
    room -= 1;
    return room >= 0 ? item : { ...item, failure: quotaExceeded() };
  });
}

const quotaExceeded = () =>
  failure(
    'quota_exceeded',
    'The tenant keeps as many memories as its quota allows; delete some, or ask the operator for more.',
    { limit: 'memories-kept' },
  );
