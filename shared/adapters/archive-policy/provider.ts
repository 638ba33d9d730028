import * as z from 'zod';
import { archiveBounds } from '../../contracts/lifecycle/archive-bounds.ts';
import type { ArchivePolicy } from '../../lifecycle/ports.ts';
import type { Provider } from '../../runtime/deps.ts';

const config = z.object({
  ARCHIVE_AFTER_DAYS: z.coerce.number().min(0).max(36_500).default(90),
  ARCHIVE_KEEP_IMPORTANCE: z.coerce.number().min(0).max(1).default(0.8),
  // where objects cost nothing nobody has to wait for more of them
  ARCHIVE_MIN_PACK_MEMORIES: z.coerce.number().int().min(1).max(archiveBounds.packMemories).default(1),
  ARCHIVE_WAIT_DAYS: z.coerce.number().min(0).max(3_650).default(30),
  ARCHIVE_COMPACT_BELOW: z.coerce.number().min(0).max(1).default(0.25),
  // when the bucket moves its objects; where they are not set, it does not
  ARCHIVE_INSTANT_RETRIEVAL_AFTER_DAYS: z.coerce.number().positive().default(Number.POSITIVE_INFINITY),
  ARCHIVE_DEEP_ARCHIVE_AFTER_DAYS: z.coerce.number().positive().default(Number.POSITIVE_INFINITY),
});

export const archivePolicyProvider: Provider<ArchivePolicy, typeof config> = {
  config,
  build: (given) => ({
    afterDays: given.ARCHIVE_AFTER_DAYS,
    keepImportance: given.ARCHIVE_KEEP_IMPORTANCE,
    minPackMemories: given.ARCHIVE_MIN_PACK_MEMORIES,
    waitDays: given.ARCHIVE_WAIT_DAYS,
    compactBelow: given.ARCHIVE_COMPACT_BELOW,
    // in Deep Archive nothing can be read, and what goes from Instant Retrieval sooner is charged as if it stayed
    compactAges: [
      { fromDays: 0, toDays: given.ARCHIVE_INSTANT_RETRIEVAL_AFTER_DAYS },
      {
        fromDays: given.ARCHIVE_INSTANT_RETRIEVAL_AFTER_DAYS + archiveBounds.instantRetrievalDays,
        toDays: given.ARCHIVE_DEEP_ARCHIVE_AFTER_DAYS,
      },
    ].filter(({ fromDays, toDays }) => fromDays < toDays),
  }),
};
