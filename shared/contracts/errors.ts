/**
 * Every stable error code of the service and the HTTP status that it is answered with. Clients branch on the
 * code; the status follows from it and the sentence in `detail` is for people.
 */
export const errorStatus = {
  // the request itself
  malformed_json: 400,
  validation_failed: 400,
  dimension_mismatch: 400,
  dimension_unsupported: 400,
  invalid_embedding: 400,
  invalid_cursor: 400,
  invalid_filter: 400,
  invalid_idempotency_key: 400,
  invalid_if_match: 400,
  personal_data_blocked: 400,
  unauthenticated: 401,
  forbidden: 403,
  insufficient_scope: 403,
  tenant_mismatch: 403,
  not_found: 404,
  route_not_found: 404,
  method_not_allowed: 405,
  version_conflict: 409,
  external_id_conflict: 409,
  not_identified: 409,
  memory_archived: 409,
  gone: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  rate_limited: 429,
  too_many_connections: 429,
  // waiting does not heal it, but 429 is what the tenant's limits answer, and clients slow down on it
  quota_exceeded: 429,
  // the service and what it stands on
  internal: 500,
  archive_corrupted: 500,
  graph_unavailable: 503,
  store_unavailable: 503,
  embedding_unavailable: 503,
  extraction_unavailable: 503,
  archive_unavailable: 503,
  deadline_exceeded: 503,
  sockets_unavailable: 503,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorStatus;

/** Codes that any operation can answer; a contract lists only those beyond these. */
export const commonErrors = [
  'validation_failed',
  'unauthenticated',
  'forbidden',
  'insufficient_scope',
  'rate_limited',
  'internal',
  'store_unavailable',
  'deadline_exceeded',
] as const satisfies readonly ErrorCode[];
