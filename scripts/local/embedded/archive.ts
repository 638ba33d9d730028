import { CreateBucketCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';
import { embeddedAws } from './credentials.ts';
import type { EmbeddedServer } from './part.ts';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/**
 * S3 in this process. Its objects are files below `directory`, and are there again after a restart. Every object
 * stays readable: it knows no storage class that has to be brought back, and no conditional put.
 */
export async function startArchive(
  directory: string,
  bucket: string,
  wantedPort: number,
): Promise<EmbeddedServer> {
  const app = buildApp({
    logger: false,
    defaultRegion: embeddedAws.region,
    stores: await storesIn(directory),
  });
  await app.listen({ port: wantedPort, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the archive server has no port');
  await createBucket(`http://127.0.0.1:${address.port}`, bucket);
  return {
    port: address.port,
    async stop() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/**
 * The package keeps objects in files only through its own start function, which listens on every interface; and it
 * exports none of the classes that do it.
 */
async function storesIn(directory: string): Promise<Stores> {
  const part = (file: string) => import(new URL(file, import.meta.resolve('fauxqs')).href);
  const [{ S3Store }, { FileS3Persistence }, { SqsStore }, { SnsStore }] = await Promise.all(
    ['s3/s3Store.js', 's3/fileS3Persistence.js', 'sqs/sqsStore.js', 'sns/snsStore.js'].map(part),
  );
  const stores = { s3Store: new S3Store(), sqsStore: new SqsStore(), snsStore: new SnsStore() };
  const files = new FileS3Persistence(directory);
  files.loadS3(stores.s3Store);
  stores.s3Store.persistence = files;
  return stores;
}

async function createBucket(endpoint: string, Bucket: string): Promise<void> {
  const client = new S3Client({ ...embeddedAws, endpoint, forcePathStyle: true });
  try {
    await client.send(new CreateBucketCommand({ Bucket }));
  } catch (error) {
    if (!(error instanceof S3ServiceException && error.name.startsWith('BucketAlready'))) throw error;
  } finally {
    client.destroy();
  }
}
