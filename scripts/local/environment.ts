import { join } from 'node:path';
import { limitsConfig, limitsEnvironment, type TenantLimits } from '../../shared/contracts/tenant-limits.ts';
import { embeddedAws } from './embedded/credentials.ts';
import { identityEnvironment } from './identity-environment.ts';
import type { Environment, LocalSettings } from './settings.ts';

/** What came out of starting; the address of a part that the user replaced is undefined. */
export interface Started {
  /** The gateway's port. */
  port: number;
  postgres: string | undefined;
  dynamodb: string | undefined;
  sqs: { endpoint: string; graphChangesQueueUrl: string } | undefined;
  eventBridge: string | undefined;
  /** Where messages to clients of the WebSocket API are sent. */
  sockets: string;
  s3: string | undefined;
  /** Signs page cursors. */
  cursorKey: string;
}

/** Names that the embedded parts are created with. */
export const embeddedNames = {
  cacheTable: 'strata-cache',
  rateLimitTable: 'strata-rate-limits',
  eventBus: 'strata',
  archiveBucket: 'strata-archive',
} as const;

/** The role that row-level security binds; the login of a connection string may be more than that. */
export const databaseRole = 'strata_app';

/** Settings that must be there before the first log line. */
export const loggingEnvironment = (env: Environment) => ({
  LOG_LEVEL: env.LOG_LEVEL ?? 'WARN',
  // metrics are log lines that CloudWatch reads; nobody does here
  POWERTOOLS_METRICS_DISABLED: env.POWERTOOLS_METRICS_DISABLED ?? 'true',
  POWERTOOLS_TRACE_ENABLED: env.POWERTOOLS_TRACE_ENABLED ?? 'false',
});

/** The environment of every function, as CDK gives it on AWS. What the user set stays. */
export function functionEnvironment(
  env: Environment,
  settings: LocalSettings,
  started: Started,
): Record<string, string> {
  const wanted: Environment = {
    ...loggingEnvironment(env),
    DATABASE_URL: started.postgres ?? settings.databaseUrl,
    DATABASE_ROLE: env.DATABASE_ROLE ?? databaseRole,
    // embedded Postgres serves one transaction after the other: who waits there is not stuck
    DATABASE_CONNECT_TIMEOUT_MS: env.DATABASE_CONNECT_TIMEOUT_MS ?? (started.postgres && '5000'),
    GRAPH_URL: settings.neo4jUri ?? `grafeo:${join(settings.dataDirectory, 'graph')}`,
    ...(settings.neo4jUri && { GRAPH_USER: env.NEO4J_USER, GRAPH_PASSWORD: env.NEO4J_PASSWORD }),
    CURSOR_KEY: env.CURSOR_KEY ?? started.cursorKey,
    SOCKETS_ENDPOINT: started.sockets,
    ...limitsEnvironment(localLimits),
    ...userLimits(env),
    ...awsEnvironment(env, settings, started),
    ...identityEnvironment({
      ...env,
      STRATA_DATA: settings.dataDirectory,
      PORT: String(started.port),
    }),
  };
  return Object.fromEntries(
    Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Who runs this host shares it with nobody: high enough that only a loop without an end meets them. */
const localLimits: TenantLimits = {
  requests: { perSecond: 2_000, burst: 4_000 },
  'memories-written': { perSecond: 20_000, burst: 50_000 },
  'memories-kept': 10_000_000,
};

const userLimits = (env: Environment): Environment =>
  Object.fromEntries(
    Object.keys(limitsConfig.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );

function awsEnvironment(env: Environment, { aws }: LocalSettings, started: Started): Environment {
  if (aws) {
    return {
      CACHE_TABLE: aws.cacheTable,
      RATE_LIMIT_TABLE: aws.rateLimitTable,
      GRAPH_CHANGES_QUEUE_URL: aws.graphChangesQueueUrl,
      EVENT_BUS_NAME: aws.eventBusName,
      ARCHIVE_BUCKET: aws.archiveBucket,
    };
  }
  // credentials of the user's own may be there for a model or a key on AWS; the embedded parts look at none
  const hasCredentials = env.AWS_ACCESS_KEY_ID !== undefined || env.AWS_PROFILE !== undefined;
  return {
    AWS_REGION: env.AWS_REGION ?? embeddedAws.region,
    ...(!hasCredentials && {
      AWS_ACCESS_KEY_ID: embeddedAws.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: embeddedAws.credentials.secretAccessKey,
    }),
    CACHE: started.dynamodb ? 'dynamodb' : 'memory',
    CACHE_TABLE: embeddedNames.cacheTable,
    RATE_LIMITS: started.dynamodb ? 'dynamodb' : 'memory',
    RATE_LIMIT_TABLE: embeddedNames.rateLimitTable,
    AWS_ENDPOINT_URL_DYNAMODB: started.dynamodb,
    GRAPH_CHANGES_QUEUE_URL: started.sqs?.graphChangesQueueUrl,
    AWS_ENDPOINT_URL_SQS: started.sqs?.endpoint,
    EVENT_BUS_NAME: embeddedNames.eventBus,
    AWS_ENDPOINT_URL_EVENTBRIDGE: started.eventBridge,
    ARCHIVE_BUCKET: embeddedNames.archiveBucket,
    AWS_ENDPOINT_URL_S3: started.s3,
  };
}
