/** Bounds on input, checked at the edge before anything is stored. Sizes are bytes of UTF-8 unless said otherwise. */
export const limits = {
  bodyBytes: 1_048_576,
  contentBytes: 65_536,
  metadataBytes: 16_384,
  jsonDepth: 8,
  /** Keys of one object. */
  jsonKeys: 256,
  batchItems: 500,
  searchResults: 200,
  filterDepth: 5,
  filterNodes: 64,
  tags: 64,
  tagLength: 128,
  entities: 256,
  relationships: 256,
  /** Characters of an identifier that a caller chooses: agent, user, conversation, external id. */
  nameLength: 256,
  idempotencyKeyLength: 255,
  queryLength: 8_192,
  /** Above this a half-precision vector no longer fits into one database page beside its keys. */
  embeddingDimension: 4_000,
  relatedDepth: 5,
  /** One message of a WebSocket client. API Gateway's frames hold 32 KB, names and ids of the sender included. */
  socketMessageBytes: 24_576,
  connectionsPerTenant: 500,
  /** Missed events that one `subscribe` answers. */
  replayedEvents: 100,
  /** Events of a tenant that can be resumed from; none is kept for longer than a day either. */
  keptEvents: 10_000,
} as const;
