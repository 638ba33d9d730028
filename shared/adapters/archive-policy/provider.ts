import * as z from 'zod';
import type { ArchivePolicy } from '../../lifecycle/ports.ts';
import type { Provider } from '../../runtime/deps.ts';

const config = z.object({
  ARCHIVE_AFTER_DAYS: z.coerce.number().min(0).max(36_500).default(90),
  ARCHIVE_KEEP_IMPORTANCE: z.coerce.number().min(0).max(1).default(0.8),
  // where objects cost nothing nobody has to wait for more of them
  ARCHIVE_MIN_PACK_MEMORIES: z.coerce.number().int().min(1).max(2_000).default(1),
  ARCHIVE_WAIT_DAYS: z.coerce.number().min(0).max(3_650).default(30),
});

export const archivePolicyProvider: Provider<ArchivePolicy, typeof config> = {
  config,
  build: (given) => ({
    afterDays: given.ARCHIVE_AFTER_DAYS,
    keepImportance: given.ARCHIVE_KEEP_IMPORTANCE,
    minPackMemories: given.ARCHIVE_MIN_PACK_MEMORIES,
    waitDays: given.ARCHIVE_WAIT_DAYS,
  }),
};
