import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  InvalidObjectState,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  RestoreObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { archiveBounds } from '../../contracts/lifecycle/archive-bounds.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { ArchivePacks, MemoryArchive } from '../../lifecycle/ports.ts';

export interface S3MemoryArchiveOptions {
  client: Pick<S3Client, 'send'>;
  bucket: string;
}

/** Storage classes whose objects have to be brought back before they can be read. */
const frozenClasses = new Set<string | undefined>(['GLACIER', 'DEEP_ARCHIVE']);

/** Objects of the archive in S3. */
export function s3MemoryArchive({ client, bucket }: S3MemoryArchiveOptions): MemoryArchive & ArchivePacks {
  const at = (key: string) => ({ Bucket: bucket, Key: key });

  async function read(key: string, range?: string): Promise<Uint8Array | 'frozen' | 'missing'> {
    try {
      const { Body } = await client.send(
        new GetObjectCommand({ ...at(key), ...(range && { Range: range }) }),
      );
      return await bytesOf(Body);
    } catch (error) {
      if (error instanceof InvalidObjectState) return 'frozen';
      if (error instanceof NoSuchKey) return 'missing';
      // an object that is shorter than it was: nothing of it opens
      if (error instanceof Error && error.name === 'InvalidRange') return new Uint8Array();
      throw unavailable(error);
    }
  }

  return {
    read: (key, { offset, length }) => read(key, `bytes=${offset}-${offset + length - 1}`),

    async state(key) {
      try {
        return stateOf(await client.send(new HeadObjectCommand(at(key))));
      } catch (error) {
        if (error instanceof NotFound) return 'missing';
        throw unavailable(error);
      }
    },

    async thaw(key) {
      const RestoreRequest = {
        Days: archiveBounds.thawedDays,
        GlacierJobParameters: { Tier: 'Standard' as const },
      };
      try {
        await client.send(new RestoreObjectCommand({ ...at(key), RestoreRequest }));
      } catch (error) {
        if (error instanceof Error && error.name === 'RestoreAlreadyInProgress') return;
        throw unavailable(error);
      }
    },

    async put(key, bytes) {
      try {
        await client.send(new PutObjectCommand({ ...at(key), Body: bytes, IfNoneMatch: '*' }));
        return 'stored';
      } catch (error) {
        if (error instanceof Error && error.name === 'PreconditionFailed') return 'exists';
        throw unavailable(error);
      }
    },

    get: (key) => read(key),

    async delete(key) {
      try {
        await client.send(new DeleteObjectCommand(at(key)));
      } catch (error) {
        throw unavailable(error);
      }
    },
  };
}

async function bytesOf(body: GetObjectCommandOutput['Body']): Promise<Uint8Array> {
  if (body === undefined) throw new Error('S3 answered no body');
  return body.transformToByteArray();
}

/** S3 tells of a restore in words: `ongoing-request="true"`, or `"false"` with the end of its days. */
function stateOf({ StorageClass, Restore }: HeadObjectCommandOutput): 'readable' | 'frozen' | 'thawing' {
  if (!frozenClasses.has(StorageClass)) return 'readable';
  if (Restore === undefined) return 'frozen';
  return Restore.includes('ongoing-request="true"') ? 'thawing' : 'readable';
}

const unavailable = (cause: unknown) =>
  new AppError('archive_unavailable', 'The archive cannot be reached; try again.', {
    cause,
    retryable: true,
  });
