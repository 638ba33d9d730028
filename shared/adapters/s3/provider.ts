import * as z from 'zod';
import { loadOnce } from '../../kernel/load-once.ts';
import type { ArchivePacks, MemoryArchive } from '../../lifecycle/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import type { OpenOptions } from './open-archive.ts';

const config = z.object({
  ARCHIVE_BUCKET: z.string().min(3),
  // the SDK reads both by itself
  AWS_ENDPOINT_URL: z.string().optional(),
  AWS_ENDPOINT_URL_S3: z.string().optional(),
});
type Config = z.output<typeof config>;

/** The client of S3 is large and most requests need none of it: it is loaded at the first use. */
const lazily = (
  { ARCHIVE_BUCKET: bucket, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 }: Config,
  limits: Pick<OpenOptions, 'requestTimeout' | 'maxAttempts'>,
) =>
  loadOnce(async () => {
    const { openArchive } = await import('./open-archive.ts');
    const pathStyle = (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined;
    return openArchive({ bucket, pathStyle, ...limits });
  });

/** Somebody waits for what is read, and it is small. */
export const memoryArchiveProvider: Provider<MemoryArchive, typeof config> = {
  config,
  build(given) {
    const archive = lazily(given, { requestTimeout: 2_000, maxAttempts: 2 });
    return {
      read: async (...args) => (await archive()).read(...args),
      state: async (...args) => (await archive()).state(...args),
      thaw: async (...args) => (await archive()).thaw(...args),
    };
  },
};

/** Nobody waits for what is written, and it is large. */
export const archivePacksProvider: Provider<ArchivePacks, typeof config> = {
  config,
  build(given) {
    const archive = lazily(given, { requestTimeout: 15_000, maxAttempts: 3 });
    return {
      put: async (...args) => (await archive()).put(...args),
      get: async (...args) => (await archive()).get(...args),
      delete: async (...args) => (await archive()).delete(...args),
    };
  },
};
