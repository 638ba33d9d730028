/** What is neither priced by somebody nor measured in docs/performance.md. Change them, and the figures follow. */
export const assumptions = {
  hoursPerMonth: 730,
  daysPerMonth: 730 / 24,
  /** The busiest second against the average one. */
  peakFactor: 5,

  /** How AWS's own calculator (agent-toolkit-for-aws) converts cores of memory-optimised classes. */
  acuPerCore: 4,
  /** How busy the cores may be before more are wanted. */
  utilisation: 0.6,
  gibPerAcu: 2,
  /** Of the data, what has to be in memory for reads to be quick. */
  workingSet: 0.2,
  writeIos: 8,
  recallIos: 4,
  archiveIos: 8,
  /** What the changes of one write take in a backup, for as long as it is kept, beyond the data itself. */
  backupBytesPerWrite: 3_000,

  /** Bytes of logs and metrics that one invocation leaves. */
  logBytes: 1_500,
  /** CloudWatch compresses what it keeps. */
  logKeptShare: 0.15,
  /** A month of the flow log, and of Postgres's own log, where next to nothing happens. */
  quietLogGb: 0.1,
  /** X-Ray's default: the first request of each second, and of the others this share. */
  tracedShare: 0.05,
  metricsPerFunction: 6,
  metricsPerRoute: 6,
  metricsPerMachine: 7,

  answerBytes: { write: 500, recall: 8_000 },
  /** Between a function and Postgres. */
  databaseBytes: { write: 6_000, recall: 30_000 },
  /** Through the private endpoints of the queue and the bus. */
  endpointBytesPerWrite: 4_000,

  /** Of the hot cache: a write puts two kilobytes, a recall reads ten memories of which half are there. */
  cacheWriteUnits: 2,
  cacheReadUnits: 5,
  /** Share of the memories that are in the hot cache. */
  cachedShare: 0.1,
  /** Taking from a tenant's limits, mostly done in advance. */
  limiterWriteUnits: 0.2,

  /** One for the memory, two for the entities that it names. */
  nodesPerWrite: 3,
  graphBytesPerMemory: 1_000,
  graphBytesSentPerWrite: 4_000,
  /** Aura gives twice as much disk as memory. */
  auraDiskPerMemory: 2,
  projectionSeconds: 0.5,
  projectionBatch: 10,
  /** Lambda's pollers ask an empty queue about this often. */
  emptyReceivesPerHour: 900,
  /** Of the graph's name, which is remembered for thirty seconds. */
  nameQueriesPerHour: 120,

  eventBytes: 600,
  /** Giving an event its place in the tenant's stream, and telling the clients that listen. */
  push: { function: 0.02, database: 0.002 },
  scheduledSeconds: 0.2,

  /** Connecting, an answer, disconnecting. */
  socketSeconds: 0.03,
  /** What API Gateway calls idle, and then ends, is ten minutes of silence. */
  pingMinutes: 9,
  socketMessageBytes: 700,
  /** A call of the management API: headers, signature and message. */
  managementCallBytes: 2_000,

  requestsPerToken: 50,
  tokenSeconds: 0.03,
  /** DynamoDB asks for its key every five minutes for each caller, the queues every hour. */
  keyRequestsPerFunctionHour: 12,
  /** Read once in the life of a function's instance. */
  secretReadsPerFunctionHour: 2,

  /** Of the memories that are old enough for the archive, those that are read now and then, or important. */
  staysWarm: 0.2,
  /** Writing an object and reading it back, and the round trips of three transactions. */
  packSeconds: 0.1,
  /** Of the cold memories, those that somebody reads in a month. */
  coldReadShare: 0.001,
} as const;
