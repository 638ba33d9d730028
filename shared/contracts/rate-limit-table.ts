/** The table of token buckets: who creates it and who takes from them agree on these names. */
export const rateLimitTable = {
  partitionKey: 'tenantId',
  sortKey: 'limitName',
  /** Epoch seconds. By then the bucket is full again, as one that is not there is. */
  ttlAttribute: 'expiresAt',
} as const;
