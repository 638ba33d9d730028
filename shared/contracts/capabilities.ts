/**
 * What a function can be given. A spec names those that it uses; infra turns each into grants and environment,
 * `main.ts` into an adapter, tests into a fake. All three maps are typed over this union, so that a capability
 * without one of them does not compile.
 */
export const capabilities = [
  /** Memories, their versions and embeddings in Postgres. */
  'memories',
  /** Candidates for recall, from Postgres. */
  'recallIndex',
  /** How often terms occur in each tenant's memories, in Postgres. */
  'recallStatistics',
  /** Answers already given under an idempotency key, in Postgres. */
  'answers',
  /** Which version of each memory the graph has, in Postgres. */
  'syncState',
  /** Events waiting for the bus, in Postgres. */
  'outbox',
  /** The projection in Neo4j. */
  'graph',
  /** DynamoDB in front of single reads. */
  'hotCache',
  /** SQS: memories whose projection is behind. */
  'graphChanges',
  /** EventBridge. */
  'eventBus',
  /** Text to vector. */
  'embedder',
  /** Text to entities. */
  'entityExtractor',
  /** Takes personal data out of text before it is stored. */
  'redactor',
  /** Reads what is in the archive, and has it brought back from Glacier. */
  'memoryArchive',
  /** Writes and deletes the objects of the archive. */
  'archivePacks',
  /** Where each archived memory lies and its key, in Postgres. */
  'archiveCatalogue',
  /** Which memories are old enough for the archive. */
  'archivePolicy',
  /** Work that takes longer than a request, in Postgres. */
  'operations',
  /** Signs the cursors of lists. */
  'pageCursors',
  /** API keys, in Postgres. */
  'apiKeys',
  /** IAM principals and the tenant of each, in Postgres. */
  'principals',
  /** How much of its rates a tenant has taken, in DynamoDB. */
  'rateLimits',
  /** The limits of tenants and their use of the quota, in Postgres. */
  'tenantLimits',
  /** Signs the tokens of the service's own issuer. */
  'tokenSigner',
  /** Says whether a token is genuine, where no gateway has said so before. */
  'tokenVerifier',
  /** Who is connected over WebSocket, and to what each listens; in Postgres. */
  'socketConnections',
  /** The events of the last day in one order per tenant, in Postgres. */
  'eventStream',
  /** Sends to connected clients. */
  'sockets',
  /** The schema of Postgres, as its owner; for deployments alone. */
  'databaseSchema',
  /** The constraints and indexes of the graph. */
  'graphSchema',
] as const;
export type Capability = (typeof capabilities)[number];
