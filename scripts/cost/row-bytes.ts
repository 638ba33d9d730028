interface TableBytes {
  readonly rows: number;
  readonly indexes: number;
}

/**
 * Bytes that a memory takes in each table, its vectors included, as `scripts/measure-rows.ts` prints them for 10,000
 * texts of 6 to 40 words on PostgreSQL 18. The outbox and the idempotency keys are left out: what is in them is gone
 * within a day.
 */
export const rowBytes = {
  memories: { rows: 1357, indexes: 1321 },
  memory_embeddings: { rows: 1334, indexes: 219 },
  memory_versions: { rows: 618, indexes: 107 },
  memory_sync: { rows: 152, indexes: 109 },
} as const satisfies Record<string, TableBytes>;

export const bytesPerMemory = Object.values(rowBytes).reduce(
  (sum, { rows, indexes }) => sum + rows + indexes,
  0,
);

/** Frequencies of terms, which grow with a tenant's vocabulary and not with its memories; none for small tenants. */
export const statisticsBytesPerTenant = 2_220_000;
