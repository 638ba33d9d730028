/** What the archive and its settings are bound to. */
export const archiveBounds = {
  /** Most memories of one object, and so the most that settings may have it wait for. */
  packMemories: 2_000,
  /** Days that Glacier Instant Retrieval charges for at least. */
  instantRetrievalDays: 90,
  /** Days that an object stays readable after Glacier brought it back. */
  thawedDays: 7,
} as const;
