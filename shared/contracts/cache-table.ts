/** The table of the hot cache: who creates it and who reads it agree on these names. */
export const cacheTable = {
  partitionKey: 'tenantId',
  sortKey: 'memoryId',
  /** Epoch seconds. DynamoDB deletes up to days late, so readers check it too. */
  ttlAttribute: 'expiresAt',
} as const;
