/** What is neither priced by somebody nor measured in docs/performance.md. Change them, and the figures follow. */
export const assumptions = {
  hoursPerMonth: 730,
  daysPerMonth: 730 / 24,
  /** The busiest second against the average one. */
  peakFactor: 5,
  /** AWS publishes none: 2 GiB an ACU, and 8 GiB a core in its memory-optimised classes. */
  acuPerCore: 4,
  /** How busy the cores may be before more are wanted. */
  utilisation: 0.6,
  gibPerAcu: 2,
  /** Of the data, what has to be in memory for reads to be quick. */
  workingSet: 0.2,
  writeIos: 8,
  recallIos: 4,
  /** Bytes of logs and metrics that one invocation leaves. */
  logBytes: 1_500,
  tracedShare: 0.05,
  answerBytes: { write: 500, recall: 8_000 },
  /** Of the hot cache: a write puts two kilobytes, a recall reads ten memories of which half are there. */
  cacheWriteUnits: 2,
  cacheReadUnits: 5,
  /** Share of the memories that are in the hot cache. */
  cachedShare: 0.1,
  /** One for the memory, two for the entities that it names. */
  nodesPerWrite: 3,
  graphBytesPerMemory: 1_000,
  graphBytesSentPerWrite: 4_000,
  /** Aura gives twice as much disk as memory. */
  auraDiskPerMemory: 2,
  eventBytes: 600,
  /** Telling clients of the WebSocket API of an event, or finding that there are none. */
  pushSeconds: 0.02,
  /** Taking from a tenant's limits, mostly done in advance. */
  limiterWriteUnits: 0.2,
  projectionSeconds: 0.5,
  projectionBatch: 10,
  scheduledSeconds: 0.2,
  /** Lambda's pollers ask an empty queue about this often. */
  emptyReceivesPerHour: 900,
  metricsPerFunction: 6,
  metricsPerRoute: 6,
  /** Text at 3.7 : 1 and vectors hardly smaller, as measured in the design of the archive. */
  archivedBytesPerMemory: 1_200,
} as const;

/** Seconds, from docs/performance.md but for the graph: two cores, PostgreSQL on the same machine. */
export const measured = {
  write: { function: 0.00575, database: 0.00282 },
  /** Scopes of up to 2,000 memories are scored entirely. */
  smallRecall: { function: 0.0651, database: 0.0241, upTo: 2_000 },
  /** At 10,000 memories, of which the vector scan is a part that grows with them. */
  largeRecall: { function: 0.1895, database: 0.1675, at: 10_000 },
  vectorScanPerRow: 1.05e-6,
  /** Seen once, through the projection into a real Neo4j; no benchmark here prints it. */
  graphNodesPerSecond: 1_900,
} as const;
