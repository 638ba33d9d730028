import { CopyObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AwsClient } from 'aws4fetch';
import pg from 'pg';
import { functionSpecs } from '../../../functions/index.ts';
import { emulatedAws } from '../../../scripts/services/aws-resources.ts';
import { objectKey } from '../../../shared/lifecycle/object-key.ts';
import type { Http, Json } from '../../support/http.ts';
import type { TenantSlot } from './callers.ts';
import { deployed } from './deployed.ts';
import { isRemote, type Target } from './target.ts';

/** Behind a service elsewhere, time can pass and objects can be looked at only where it says how to get there. */
export const canLookBehind = !isRemote || deployed !== undefined;
/** The embedded S3 has no Glacier. */
export const hasGlacier = deployed !== undefined;

export interface Entry {
  version: number;
  offset: number;
  length: number;
  dataKey: Buffer;
  key: string;
}

export interface Behind {
  tenantId: string;
  /** As if nobody had changed or read them for 91 days. */
  age(...ids: string[]): Promise<void>;
  /** Runs a scheduled function once. */
  run(name: string): Promise<Json>;
  /** Ages and archives. */
  archive(...ids: string[]): Promise<Json>;
  /** Where the archive has the memory. */
  entries(id: string): Promise<Entry[]>;
  /** The bytes of an entry as they lie in the bucket; undefined when the object is gone. */
  bytesOf(entry: Entry): Promise<Uint8Array | undefined>;
  /** As the rule of the bucket's lifecycle does after some months. */
  freeze(id: string): Promise<void>;
  close(): Promise<void>;
}

export async function lookBehind(target: Target, slot: TenantSlot): Promise<Behind> {
  const tenantId = await target.tenantId(slot);
  const { databaseUrl, archiveBucket: Bucket, endpoint } = deployed ?? inside(target.service.environment);
  const s3 = new S3Client({ ...emulatedAws, endpoint, forcePathStyle: true });

  async function sql<R extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<R[]> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      await client.query('begin');
      await client.query("select set_config('app.tenant', $1, true)", [tenantId]);
      const { rows } = await client.query<R>(text, values);
      await client.query('commit');
      return rows;
    } finally {
      await client.end();
    }
  }

  const age: Behind['age'] = async (...ids) => {
    for (const [table, column, key] of [
      ['memories', 'updated_at', 'id'],
      ['memory_access', 'last_accessed_at', 'memory_id'],
    ]) {
      const text = `update strata.${table} set ${column} = now() - interval '91 days' where ${key} = any ($1)`;
      await sql(text, [ids]);
    }
  };
  const run: Behind['run'] = (name) => (isRemote ? invoke(endpoint, name) : target.service.runSchedule(name));
  const entries: Behind['entries'] = async (id) => {
    const rows = await sql<{ version: string; pack: string; at: string; length: string; key: Buffer }>(
      `select version, pack_id as pack, byte_offset as at, byte_length as length, data_key as key
       from strata.archived_memories where tenant_id = $1 and memory_id = $2 order by version`,
      [tenantId, id],
    );
    return rows.map(({ version, pack, at, length, key }) => ({
      version: Number(version),
      offset: Number(at),
      length: Number(length),
      dataKey: key,
      key: objectKey(tenantId, pack),
    }));
  };

  return {
    tenantId,
    age,
    run,
    archive: async (...ids) => {
      await age(...ids);
      return run('tier-to-archive');
    },
    entries,
    async bytesOf({ key, offset, length }) {
      try {
        const Range = `bytes=${offset}-${offset + length - 1}`;
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key, Range }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if ((error as Error).name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    async freeze(id) {
      for (const { key: Key } of await entries(id)) {
        const copy = { Bucket, Key, CopySource: `${Bucket}/${Key}`, StorageClass: 'DEEP_ARCHIVE' as const };
        await s3.send(new CopyObjectCommand({ ...copy, MetadataDirective: 'COPY' }));
      }
    },
    close: async () => s3.destroy(),
  };
}

/** What the functions of the local host were given. */
const inside = (environment: Readonly<Record<string, string>>) => ({
  databaseUrl: environment.DATABASE_URL ?? '',
  archiveBucket: environment.ARCHIVE_BUCKET ?? '',
  endpoint: environment.AWS_ENDPOINT_URL_S3 ?? '',
});

/** As the scheduler does; a function is known by its description, because its name is CloudFormation's. */
async function invoke(endpoint: string, name: string): Promise<Json> {
  const { region, credentials } = emulatedAws;
  const signed = new AwsClient({ ...credentials, region, service: 'lambda', retries: 0 });
  const functions = `${endpoint}/2015-03-31/functions`;
  const listed = (await (await signed.fetch(`${functions}/?MaxItems=200`)).json()) as {
    Functions: { FunctionName: string; Description: string }[];
  };
  const summary = functionSpecs.find((spec) => spec.name === name)?.summary;
  const found = listed.Functions.find(({ Description }) => Description === summary);
  if (!found) throw new Error(`no function ${name} is deployed`);
  const response = await signed.fetch(`${functions}/${found.FunctionName}/invocations`, {
    method: 'POST',
    body: '{}',
  });
  const answer = await response.text();
  if (response.headers.get('x-amz-function-error')) throw new Error(`${name} failed: ${answer}`);
  return JSON.parse(answer);
}

/** Past the cache, which holds what was just written for a minute. */
export const readPastCache = (api: Http, id: string) => api.get(`/api/memory/${id}?include=embedding`);
