import { isAbsolute, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionEnvironment } from '../../../scripts/local/environment.ts';
import { localSettings } from '../../../scripts/local/settings.ts';

const started = {
  port: 8123,
  postgres: 'postgres://postgres@127.0.0.1:1/postgres',
  dynamodb: 'http://127.0.0.1:2',
  sqs: {
    endpoint: 'http://127.0.0.1:3',
    graphChangesQueueUrl: 'http://127.0.0.1:3/000000000000/graph-changes',
  },
  eventBridge: 'http://127.0.0.1:4',
  sockets: 'http://127.0.0.1:5',
  s3: 'http://127.0.0.1:6',
  cursorKey: 'c'.repeat(64),
};
const none = {
  ...started,
  postgres: undefined,
  dynamodb: undefined,
  sqs: undefined,
  eventBridge: undefined,
  s3: undefined,
};
const environment = (env: Record<string, string>, with_: typeof started | typeof none = started) =>
  functionEnvironment(env, localSettings(env), with_);

describe('settings', () => {
  it('need nothing', () => {
    const settings = localSettings({});
    expect(settings).toMatchObject({ port: 8009, databaseUrl: undefined, aws: undefined, corsOrigins: [] });
    expect(isAbsolute(settings.dataDirectory) && settings.dataDirectory.endsWith('.strata')).toBe(true);
  });

  it('take an empty variable for none', () => {
    expect(localSettings({ PORT: '', DATABASE_URL: '' })).toMatchObject({
      port: 8009,
      databaseUrl: undefined,
    });
  });

  it('name everything that is wrong', () => {
    expect(() => localSettings({ PORT: '70000', STRATA_SCHEDULE_SECONDS: 'soon' })).toThrow(
      /PORT.*STRATA_SCHEDULE_SECONDS/,
    );
  });

  it('want the names of what an own AWS has', () => {
    expect(() => localSettings({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', CACHE_TABLE: 't' })).toThrow(
      /GRAPH_CHANGES_QUEUE_URL, EVENT_BUS_NAME and ARCHIVE_BUCKET must be set/,
    );
  });
});

describe('environment of the functions', () => {
  it('leads to the embedded parts', () => {
    const { dataDirectory } = localSettings({ STRATA_DATA: 'somewhere' });
    expect(environment({ STRATA_DATA: 'somewhere' })).toEqual({
      LOG_LEVEL: 'WARN',
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_TRACE_ENABLED: 'false',
      DATABASE_URL: started.postgres,
      DATABASE_ROLE: 'strata_app',
      DATABASE_CONNECT_TIMEOUT_MS: '5000',
      GRAPH_URL: `grafeo:${join(dataDirectory, 'graph')}`,
      CURSOR_KEY: started.cursorKey,
      SOCKETS_ENDPOINT: started.sockets,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'embedded',
      AWS_SECRET_ACCESS_KEY: 'embedded',
      CACHE: 'dynamodb',
      CACHE_TABLE: 'strata-cache',
      RATE_LIMITS: 'dynamodb',
      RATE_LIMIT_TABLE: 'strata-rate-limits',
      AWS_ENDPOINT_URL_DYNAMODB: started.dynamodb,
      LIMIT_REQUESTS_PER_SECOND: '2000',
      LIMIT_REQUESTS_BURST: '4000',
      LIMIT_MEMORIES_WRITTEN_PER_SECOND: '20000',
      LIMIT_MEMORIES_WRITTEN_BURST: '50000',
      LIMIT_MEMORIES_KEPT: '10000000',
      GRAPH_CHANGES_QUEUE_URL: started.sqs.graphChangesQueueUrl,
      AWS_ENDPOINT_URL_SQS: started.sqs.endpoint,
      EVENT_BUS_NAME: 'strata',
      AWS_ENDPOINT_URL_EVENTBRIDGE: started.eventBridge,
      ARCHIVE_BUCKET: 'strata-archive',
      AWS_ENDPOINT_URL_S3: started.s3,
      IDENTITY_SIGNER: 'local',
      IDENTITY_KEY_DIR: join(dataDirectory, 'identity'),
      IDENTITY_ISSUER: 'http://127.0.0.1:8123',
      IDENTITY_AUDIENCE: 'strata',
    });
  });

  it('has the limits that the user chose', () => {
    expect(environment({ LIMIT_MEMORIES_KEPT: '5' })).toMatchObject({
      LIMIT_MEMORIES_KEPT: '5',
      LIMIT_REQUESTS_BURST: '4000',
    });
  });

  it('keeps the cache in memory where DynamoDB cannot be embedded', () => {
    const made = environment({}, { ...started, dynamodb: undefined } as unknown as typeof started);
    expect(made).toMatchObject({ CACHE: 'memory', CACHE_TABLE: 'strata-cache', RATE_LIMITS: 'memory' });
    expect(made).not.toHaveProperty('AWS_ENDPOINT_URL_DYNAMODB');
  });

  it("leads to the user's own stores, one by one", () => {
    const own = environment({ DATABASE_URL: 'postgres://db/x', DATABASE_ROLE: 'mine' }, {
      ...started,
      postgres: undefined,
    } as unknown as typeof started);
    expect(own).toMatchObject({ DATABASE_URL: 'postgres://db/x', DATABASE_ROLE: 'mine', CACHE: 'dynamodb' });
    expect(own).not.toHaveProperty('DATABASE_CONNECT_TIMEOUT_MS');

    expect(
      environment({ NEO4J_URI: 'neo4j+s://graph', NEO4J_USER: 'neo4j', NEO4J_PASSWORD: 'pass' }),
    ).toMatchObject({ GRAPH_URL: 'neo4j+s://graph', GRAPH_USER: 'neo4j', GRAPH_PASSWORD: 'pass' });
  });

  it('points at no embedded part when AWS is given', () => {
    const env = {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      CACHE_TABLE: 'table',
      RATE_LIMIT_TABLE: 'limits',
      GRAPH_CHANGES_QUEUE_URL: 'http://127.0.0.1:4566/0/q',
      EVENT_BUS_NAME: 'bus',
      ARCHIVE_BUCKET: 'bucket',
    };
    const made = environment(env, none);
    expect(made).toMatchObject({
      CACHE_TABLE: 'table',
      RATE_LIMIT_TABLE: 'limits',
      GRAPH_CHANGES_QUEUE_URL: env.GRAPH_CHANGES_QUEUE_URL,
      EVENT_BUS_NAME: 'bus',
      ARCHIVE_BUCKET: 'bucket',
    });
    expect(Object.keys(made).filter((name) => /^AWS_|^CACHE$|^RATE_LIMITS$/.test(name))).toEqual([]);
  });

  it("leaves the user's own credentials alone: a model may be on AWS", () => {
    const made = environment({ AWS_PROFILE: 'work', AWS_REGION: 'us-east-1' });
    expect(made.AWS_REGION).toBe('us-east-1');
    expect(made).not.toHaveProperty('AWS_ACCESS_KEY_ID');
  });
});
