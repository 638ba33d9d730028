import * as z from 'zod';
import type { ArchivePolicy } from '../../lifecycle/ports.ts';
import type { Provider } from '../../runtime/deps.ts';

const config = z.object({
  ARCHIVE_AFTER_DAYS: z.coerce.number().min(0).max(36_500).default(90),
  ARCHIVE_KEEP_IMPORTANCE: z.coerce.number().min(0).max(1).default(0.8),
});

export const archivePolicyProvider: Provider<ArchivePolicy, typeof config> = {
  config,
  build: ({ ARCHIVE_AFTER_DAYS: afterDays, ARCHIVE_KEEP_IMPORTANCE: keepImportance }) => ({
    afterDays,
    keepImportance,
  }),
};
