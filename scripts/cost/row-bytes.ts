interface TableBytes {
  readonly rows: number;
  readonly indexes: number;
}

/** The text of a memory: short ones have 6 to 40 words, long ones sixteen times that, which is about 2.5 KB. */
export const contents = ['short', 'long'] as const;
export type Content = (typeof contents)[number];

/**
 * Bytes that a memory takes in each table, its vectors included, as `scripts/measure-rows.ts` (for the long ones with
 * `--texts 16`) prints them for 10,000 on PostgreSQL 18, after a full vacuum: with the room that updates leave it was
 * up to twice as much. The outbox and the idempotency keys are left out: what is in them is gone within a day.
 */
export const rowBytes = {
  short: {
    warm: {
      memories: { rows: 723, indexes: 623 },
      memory_embeddings: { rows: 684, indexes: 116 },
      memory_versions: { rows: 616, indexes: 107 },
      memory_sync: { rows: 150, indexes: 106 },
    },
    cold: {
      memories: { rows: 731, indexes: 615 },
      memory_embeddings: { rows: 684, indexes: 116 },
      memory_sync: { rows: 150, indexes: 106 },
      archived_memories: { rows: 201, indexes: 117 },
    },
    /** Of its entry in the archive. */
    archived: 447,
  },
  long: {
    warm: {
      memories: { rows: 6_423, indexes: 1_218 },
      memory_embeddings: { rows: 684, indexes: 116 },
      memory_versions: { rows: 3_008, indexes: 107 },
      memory_sync: { rows: 150, indexes: 106 },
    },
    cold: {
      memories: { rows: 4_265, indexes: 1_272 },
      memory_embeddings: { rows: 684, indexes: 116 },
      memory_sync: { rows: 150, indexes: 106 },
      archived_memories: { rows: 201, indexes: 117 },
    },
    archived: 1_546,
  },
} as const satisfies Record<
  Content,
  Record<'warm' | 'cold', Record<string, TableBytes>> & { archived: number }
>;

const sum = (tables: Record<string, TableBytes>) =>
  Object.values(tables).reduce((bytes, { rows, indexes }) => bytes + rows + indexes, 0);

/** Bytes of a memory in Postgres, and of its entry in the archive once it is cold. */
export const memoryBytes = (content: Content) => ({
  warm: sum(rowBytes[content].warm),
  cold: sum(rowBytes[content].cold),
  archived: rowBytes[content].archived,
});

/** Frequencies of terms, which grow with a tenant's vocabulary and not with its memories; none for small tenants. */
export const statisticsBytesPerTenant = 1_920_000;
