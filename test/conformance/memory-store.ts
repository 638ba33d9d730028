import type { MakeStores } from '../support/stores.ts';
import { describeErasure } from './memory-store/erasure.ts';
import { describeFilters } from './memory-store/filters.ts';
import { describeIdempotentWrites } from './memory-store/idempotency.ts';
import { describePages } from './memory-store/pages.ts';
import { describeQuota } from './memory-store/quota.ts';
import { describeReads } from './memory-store/reads.ts';
import { describeReferences } from './memory-store/references.ts';
import { describeTenantsApart } from './memory-store/tenants.ts';
import { describeVectors } from './memory-store/vectors.ts';
import { describeWrites } from './memory-store/writes.ts';

/** What every store of memories must do. Tenants are named anew by each test, so that a store may be shared. */
export function describeMemoryStore(name: string, make: MakeStores): void {
  describeWrites(name, make);
  describeReferences(name, make);
  describeVectors(name, make);
  describeIdempotentWrites(name, make);
  describeErasure(name, make);
  describeQuota(name, make);
  describeReads(name, make);
  describeFilters(name, make);
  describePages(name, make);
  describeTenantsApart(name, make);
}
