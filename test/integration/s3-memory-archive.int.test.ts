import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startArchive } from '../../scripts/local/embedded/archive.ts';
import { embeddedAws } from '../../scripts/local/embedded/credentials.ts';
import { type EmbeddedPart, embeddedPart } from '../../scripts/local/embedded/part.ts';
import { s3MemoryArchive } from '../../shared/adapters/s3/memory-archive.ts';
import { describeMemoryArchive } from '../conformance/memory-archive.ts';

const bucket = 'archive-test';
let directory: string;
let server: EmbeddedPart;
const archive = () =>
  s3MemoryArchive({
    bucket,
    client: new S3Client({ ...embeddedAws, endpoint: server.endpoint, forcePathStyle: true, maxAttempts: 1 }),
  });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-archive-'));
  server = await embeddedPart((port) => startArchive(directory, bucket, port));
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

describeMemoryArchive('S3, embedded', () => ({ archive: archive(), conditionalPuts: false }));

describe('the embedded S3', () => {
  it('keeps objects over a restart', async () => {
    const bytes = Buffer.from('kept');
    await archive().put('archive/a/b', bytes);
    await server.stop();
    await server.start();
    expect(Buffer.from((await archive().get('archive/a/b')) as Uint8Array)).toEqual(bytes);
  });
});

describe('an archive that is away', () => {
  it('is said to be, whatever it is asked', async () => {
    await server.stop();
    const away = { code: 'archive_unavailable', retryable: true };
    const { put, get, read, state, thaw, delete: remove } = archive();
    await expect(put('a', Buffer.from('a'))).rejects.toMatchObject(away);
    await expect(get('a')).rejects.toMatchObject(away);
    await expect(read('a', { offset: 0, length: 1 })).rejects.toMatchObject(away);
    await expect(state('a')).rejects.toMatchObject(away);
    await expect(thaw('a')).rejects.toMatchObject(away);
    await expect(remove('a')).rejects.toMatchObject(away);
    await server.start();
  });
});
