import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createBucket, emulatedAws } from '../../scripts/services/aws-resources.ts';
import { s3MemoryArchive } from '../../shared/adapters/s3/memory-archive.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { describeMemoryArchive } from '../conformance/memory-archive.ts';
import { awsEndpoint } from './support/servers.ts';

const bucket = `archive-${newId()}`;
let client: S3Client;
const archive = () => s3MemoryArchive({ client, bucket });

/** As the rule of the bucket's lifecycle does after some months. */
const toDeepArchive = async (Key: string) => {
  await client.send(
    new CopyObjectCommand({
      Bucket: bucket,
      Key,
      CopySource: `${bucket}/${Key}`,
      StorageClass: 'DEEP_ARCHIVE',
      MetadataDirective: 'COPY',
    }),
  );
};

beforeAll(async () => {
  const endpoint = awsEndpoint();
  client = new S3Client({ ...emulatedAws, endpoint, forcePathStyle: true });
  await createBucket(endpoint, bucket);
  await client.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
});
afterAll(() => client.destroy());

describeMemoryArchive('S3, emulated', () => ({
  archive: archive(),
  conditionalPuts: true,
  freeze: toDeepArchive,
}));

describe('a bucket with versions', () => {
  it('answers a deleted object no more, though its bytes are an old version', async () => {
    const key = `archive/v/${newId()}`;
    await archive().put(key, Buffer.from('one'));
    await archive().delete(key);
    expect(await archive().get(key)).toBe('missing');
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }),
    );
    expect([Versions.length, DeleteMarkers.length]).toEqual([1, 1]);
    const VersionId = Versions[0]?.VersionId ?? '';
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId }));
    expect(await Body?.transformToString()).toBe('one');
  });

  it('is frozen until Glacier has brought it back', async () => {
    const key = `archive/f/${newId()}`;
    await archive().put(key, Buffer.from('frozen'));
    await toDeepArchive(key);
    await archive().thaw(key);
    expect(['thawing', 'readable']).toContain(await archive().state(key));
    await vi.waitFor(async () => expect(await archive().state(key)).toBe('readable'), {
      timeout: 15_000,
      interval: 250,
    });
  });
});
