interface TableBytes {
  readonly rows: number;
  readonly indexes: number;
}

/**
 * Bytes that a memory takes in each table, its vectors included, as `scripts/measure-rows.ts` prints them for 10,000
 * texts of 6 to 40 words on PostgreSQL 18, after
 * a full vacuum: with the room that updates leave it was up to twice as much. The outbox and the idempotency keys are left out: what is in them is gone
 * within a day.
 */
export const rowBytes = {
  memories: { rows: 723, indexes: 614 },
  memory_embeddings: { rows: 684, indexes: 116 },
  memory_versions: { rows: 616, indexes: 107 },
  memory_sync: { rows: 150, indexes: 106 },
} as const satisfies Record<string, TableBytes>;

export const bytesPerMemory = Object.values(rowBytes).reduce(
  (sum, { rows, indexes }) => sum + rows + indexes,
  0,
);

/** What stays of a cold memory: all but its history. Content of this length stays too, as its excerpt. */
export const coldBytesPerMemory =
  bytesPerMemory - rowBytes.memory_versions.rows - rowBytes.memory_versions.indexes;

/** Frequencies of terms, which grow with a tenant's vocabulary and not with its memories; none for small tenants. */
export const statisticsBytesPerTenant = 1_920_000;
