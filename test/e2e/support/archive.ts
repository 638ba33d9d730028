import { CopyObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AwsClient } from 'aws4fetch';
import pg from 'pg';
import { functionSpecs } from '../../../functions/index.ts';
import { objectKey } from '../../../shared/lifecycle/object-key.ts';
import type { Http, Json } from '../../support/http.ts';
import { isRemote, type Target, type TenantSlot } from './target.ts';

/**
 * What the suite has to reach behind the service, to let time pass and to look at objects. A service elsewhere is
 * reached where these say: `STRATA_DATABASE_URL` (as the owner), `STRATA_AWS_ENDPOINT`, `STRATA_ARCHIVE_BUCKET`.
 */
const { STRATA_DATABASE_URL, STRATA_AWS_ENDPOINT, STRATA_ARCHIVE_BUCKET } = process.env;
const given = [STRATA_DATABASE_URL, STRATA_AWS_ENDPOINT, STRATA_ARCHIVE_BUCKET].every(Boolean);

/** Without them a service elsewhere cannot be tested here. */
export const canLookBehind = !isRemote || given;
/** The embedded S3 has no Glacier. */
export const hasGlacier = isRemote && given;

const aws = { region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

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
  const tenantId = claimsOf(await target.token(slot)).tenant_id as string;
  const environment = isRemote ? {} : target.service.environment;
  const Bucket = STRATA_ARCHIVE_BUCKET ?? environment.ARCHIVE_BUCKET ?? '';
  const endpoint = STRATA_AWS_ENDPOINT ?? environment.AWS_ENDPOINT_URL_S3 ?? '';
  const s3 = new S3Client({ ...aws, endpoint, forcePathStyle: true });

  async function sql<R extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<R[]> {
    const client = new pg.Client({ connectionString: STRATA_DATABASE_URL ?? environment.DATABASE_URL });
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

const claimsOf = (token: string): Json =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** As the scheduler does; a function is known by its description, because its name is CloudFormation's. */
async function invoke(endpoint: string, name: string): Promise<Json> {
  const { region, credentials } = aws;
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
