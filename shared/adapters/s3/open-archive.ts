import { S3Client } from '@aws-sdk/client-s3';
import type { ArchivePacks, MemoryArchive } from '../../lifecycle/ports.ts';
import { s3MemoryArchive } from './memory-archive.ts';

export interface OpenOptions {
  bucket: string;
  /** For a server that is not AWS, which has no host name for each bucket. */
  pathStyle: boolean;
  requestTimeout: number;
  maxAttempts: number;
}

export const openArchive = ({
  bucket,
  pathStyle,
  requestTimeout,
  maxAttempts,
}: OpenOptions): MemoryArchive & ArchivePacks =>
  s3MemoryArchive({
    bucket,
    client: new S3Client({
      maxAttempts,
      forcePathStyle: pathStyle,
      requestHandler: { connectionTimeout: 500, requestTimeout, throwOnRequestTimeout: true },
    }),
  });
