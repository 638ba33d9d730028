/** Seconds, from docs/performance.md but for the graph: two cores, PostgreSQL on the same machine. */
export const measured = {
  write: { function: 0.00575, database: 0.00282 },
  /** Scopes of up to 2,000 memories are scored entirely. */
  smallRecall: { function: 0.0651, database: 0.0241, upTo: 2_000 },
  /** At 10,000 memories, of which the vector scan is a part that grows with them. */
  largeRecall: { function: 0.1895, database: 0.1675, at: 10_000 },
  vectorScanPerRow: 1.05e-6,
  /** A memory of 200 that go into one object: the database reads it and moves it, the rest is sealing and verifying. */
  archive: { function: 0.00102, database: 0.00065 },
  /** Seen once, through the projection into a real Neo4j; no benchmark here prints it. */
  graphNodesPerSecond: 1_900,
} as const;
