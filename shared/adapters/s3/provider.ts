import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { ArchivePacks, MemoryArchive } from '../../lifecycle/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { s3MemoryArchive } from './memory-archive.ts';

const config = z.object({
  ARCHIVE_BUCKET: z.string().min(3),
  // the SDK reads both by itself; a server that is not AWS has no host name for each bucket
  AWS_ENDPOINT_URL: z.string().optional(),
  AWS_ENDPOINT_URL_S3: z.string().optional(),
});
type Config = z.output<typeof config>;

const archive = (
  { ARCHIVE_BUCKET, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 }: Config,
  { requestTimeout, maxAttempts }: { requestTimeout: number; maxAttempts: number },
) =>
  s3MemoryArchive({
    bucket: ARCHIVE_BUCKET,
    client: new S3Client({
      maxAttempts,
      forcePathStyle: (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined,
      requestHandler: { connectionTimeout: 500, requestTimeout, throwOnRequestTimeout: true },
    }),
  });

/** Somebody waits for what is read, and it is small. */
export const memoryArchiveProvider: Provider<MemoryArchive, typeof config> = {
  config,
  build: (given) => archive(given, { requestTimeout: 2_000, maxAttempts: 2 }),
};

/** Nobody waits for what is written, and it is large. */
export const archivePacksProvider: Provider<ArchivePacks, typeof config> = {
  config,
  build: (given) => archive(given, { requestTimeout: 15_000, maxAttempts: 3 }),
};
