import { resolve } from 'node:path';
import * as z from 'zod';

const text = z.string().min(1).optional();
const seconds = z.coerce.number().positive().optional();

/** What a user may set for this host. */
const variables = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(8009),
  STRATA_DATA: z.string().default('.strata'),
  /** Instead of the embedded Postgres; the login must be able to migrate the schema. */
  DATABASE_URL: text,
  /** Instead of the embedded graph. */
  NEO4J_URI: text,
  /** Instead of the embedded cache, queue, bus and archive; their names come with it. */
  AWS_ENDPOINT_URL: text,
  CACHE_TABLE: text,
  RATE_LIMIT_TABLE: text,
  GRAPH_CHANGES_QUEUE_URL: text,
  EVENT_BUS_NAME: text,
  ARCHIVE_BUCKET: text,
  /** Origins of web pages that may call, divided by commas. */
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    ),
  /** Runs every schedule this often, for demonstrations and tests. */
  STRATA_SCHEDULE_SECONDS: seconds,
  /** After how long a message that failed comes again; six times the function's time by default, as on AWS. */
  STRATA_QUEUE_VISIBILITY_SECONDS: z.coerce.number().int().min(0).optional(),
});

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LocalSettings {
  port: number;
  dataDirectory: string;
  databaseUrl: string | undefined;
  neo4jUri: string | undefined;
  /** Names on the user's own AWS, or an emulator of it. */
  aws:
    | {
        cacheTable: string;
        rateLimitTable: string;
        graphChangesQueueUrl: string;
        eventBusName: string;
        archiveBucket: string;
      }
    | undefined;
  corsOrigins: readonly string[];
  scheduleSeconds: number | undefined;
  queueVisibilitySeconds: number | undefined;
}

/** A reason not to start that the user can do something about; printed without a stack. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** An empty variable counts as none. */
export const withoutEmpty = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

/** @throws CannotStart naming every variable that is wrong. */
export function localSettings(env: Environment): LocalSettings {
  const parsed = variables.safeParse(withoutEmpty(env));
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new CannotStart(`These settings are not valid: ${wrong.join('; ')}.`);
  }
  const { data } = parsed;
  return {
    port: data.PORT,
    dataDirectory: resolve(data.STRATA_DATA),
    databaseUrl: data.DATABASE_URL,
    neo4jUri: data.NEO4J_URI,
    aws: awsNames(data),
    corsOrigins: data.CORS_ORIGINS,
    scheduleSeconds: data.STRATA_SCHEDULE_SECONDS,
    queueVisibilitySeconds: data.STRATA_QUEUE_VISIBILITY_SECONDS,
  };
}

function awsNames(data: z.output<typeof variables>): LocalSettings['aws'] {
  const { AWS_ENDPOINT_URL, CACHE_TABLE, RATE_LIMIT_TABLE, GRAPH_CHANGES_QUEUE_URL } = data;
  const { EVENT_BUS_NAME, ARCHIVE_BUCKET } = data;
  if (AWS_ENDPOINT_URL === undefined) return undefined;
  if (!CACHE_TABLE || !RATE_LIMIT_TABLE || !GRAPH_CHANGES_QUEUE_URL || !EVENT_BUS_NAME || !ARCHIVE_BUCKET) {
    throw new CannotStart(
      'AWS_ENDPOINT_URL replaces the embedded cache, queue, bus and archive, so CACHE_TABLE, RATE_LIMIT_TABLE, GRAPH_CHANGES_QUEUE_URL, EVENT_BUS_NAME and ARCHIVE_BUCKET must be set with it.',
    );
  }
  return {
    cacheTable: CACHE_TABLE,
    rateLimitTable: RATE_LIMIT_TABLE,
    graphChangesQueueUrl: GRAPH_CHANGES_QUEUE_URL,
    eventBusName: EVENT_BUS_NAME,
    archiveBucket: ARCHIVE_BUCKET,
  };
}
