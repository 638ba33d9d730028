import type { Capability } from '../shared/contracts/capabilities.ts';
import { limitsEnvironment } from '../shared/contracts/tenant-limits.ts';
import { embedder, entityExtractor } from './model-capabilities.ts';
import { nothing, type Provision, read, type Statement } from './provision.ts';
import type { Resources } from './resources.ts';

/** The limits of tenants come with it: who writes memories there keeps to their quota. */
const postgres = ({ database, limits }: Resources): Provision => ({
  environment: {
    DATABASE_SECRET_ARN: database.service.arn,
    ...database.environment,
    ...limitsEnvironment(limits),
  },
  grants: read(database.service),
});

/** Objects of the archive, whose names are not known before they are there. */
const archive =
  (objects: readonly string[], key: readonly string[]) =>
  ({ archive: { bucket, objectsArn, objectsFinding }, dataKeyArn }: Resources): Provision => ({
    environment: { ARCHIVE_BUCKET: bucket },
    grants: [
      { actions: objects, resources: [objectsArn] },
      { actions: key, resources: [dataKeyArn] },
    ],
    accepted: { [objectsFinding]: 'Objects get their names at run time; all of them lie below one prefix.' },
  });

const graph = ({ graph: { url, secret } }: Resources): Provision => ({
  environment: { GRAPH_URL: url, ...(secret && { GRAPH_SECRET_ARN: secret.arn }) },
  grants: read(secret),
});

const signing = ({ keyArn, url, audience }: NonNullable<Resources['issuer']>) => ({
  IDENTITY_SIGNER: 'kms',
  IDENTITY_KMS_KEY_ID: keyArn,
  IDENTITY_ISSUER: url,
  IDENTITY_AUDIENCE: audience,
});

const patience = (timeoutMs: number | undefined) =>
  timeoutMs === undefined ? {} : { DYNAMODB_TIMEOUT_MS: String(timeoutMs) };

/** DynamoDB uses the table's key in the name of who calls. */
const tableKey = (dataKeyArn: string): Statement => ({
  actions: [
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:GenerateDataKey',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ],
  resources: [dataKeyArn],
});

/** A capability of which nothing is provided does not compile. */
const provisions: Record<Capability, (resources: Resources) => Provision> = {
  memories: postgres,
  recallIndex: postgres,
  recallStatistics: postgres,
  answers: postgres,
  syncState: postgres,
  outbox: postgres,
  apiKeys: postgres,
  principals: postgres,
  socketConnections: postgres,
  eventStream: postgres,
  databaseSchema: (resources) => ({
    environment: {
      ...postgres(resources).environment,
      DATABASE_OWNER_SECRET_ARN: resources.database.owner.arn,
    },
    grants: read(resources.database.service, resources.database.owner),
  }),
  graph,
  graphSchema: graph,
  hotCache: ({ cacheTable, dynamodbTimeoutMs, dataKeyArn }) => ({
    environment: { CACHE_TABLE: cacheTable.name, ...patience(dynamodbTimeoutMs) },
    grants: [
      {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
        resources: [cacheTable.arn],
      },
      tableKey(dataKeyArn),
    ],
  }),
  rateLimits: ({ rateLimitTable, dynamodbTimeoutMs, dataKeyArn }) => ({
    environment: { RATE_LIMIT_TABLE: rateLimitTable.name, ...patience(dynamodbTimeoutMs) },
    grants: [
      { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [rateLimitTable.arn] },
      tableKey(dataKeyArn),
    ],
  }),
  tenantLimits: postgres,
  graphChanges: ({ graphChanges, dataKeyArn }) => ({
    environment: { GRAPH_CHANGES_QUEUE_URL: graphChanges.url },
    grants: [
      { actions: ['sqs:SendMessage'], resources: [graphChanges.arn] },
      { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [dataKeyArn] },
    ],
  }),
  eventBus: ({ eventBus }) => ({
    environment: { EVENT_BUS_NAME: eventBus.name },
    grants: [{ actions: ['events:PutEvents'], resources: [eventBus.arn] }],
  }),
  embedder,
  entityExtractor,
  redactor: () => nothing,
  memoryArchive: archive(['s3:GetObject', 's3:RestoreObject'], ['kms:Decrypt']),
  archivePacks: archive(
    ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    ['kms:Decrypt', 'kms:GenerateDataKey'],
  ),
  archiveCatalogue: postgres,
  archivePolicy: ({ archive: { settings } }) => ({
    environment: {
      ARCHIVE_AFTER_DAYS: String(settings.afterDays),
      ARCHIVE_KEEP_IMPORTANCE: String(settings.keepImportance),
      ARCHIVE_MIN_PACK_MEMORIES: String(settings.minPackMemories),
      ARCHIVE_WAIT_DAYS: String(settings.waitDays),
      ARCHIVE_COMPACT_BELOW: String(settings.compactBelow),
      ARCHIVE_INSTANT_RETRIEVAL_AFTER_DAYS: String(settings.instantRetrievalAfterDays),
      ARCHIVE_DEEP_ARCHIVE_AFTER_DAYS: String(settings.deepArchiveAfterDays),
    },
    grants: [],
  }),
  operations: postgres,
  pageCursors: ({ cursorKey }) => ({
    environment: { CURSOR_KEY_SECRET_ARN: cursorKey.arn },
    grants: read(cursorKey),
  }),
  tokenSigner: ({ issuer }) => {
    if (!issuer) throw new Error('A function signs tokens, but the settings leave that to somebody else.');
    return {
      environment: signing(issuer),
      grants: [{ actions: ['kms:Sign', 'kms:GetPublicKey'], resources: [issuer.keyArn] }],
    };
  },
  tokenVerifier: ({ issuer, outsideIssuer }) => {
    if (outsideIssuer) {
      const { url, audience } = outsideIssuer;
      return { environment: { OIDC_ISSUER: url, OIDC_AUDIENCE: audience.join(',') }, grants: [] };
    }
    if (!issuer) throw new Error('A function verifies tokens, but nobody issues any.');
    return {
      environment: signing(issuer),
      grants: [{ actions: ['kms:GetPublicKey'], resources: [issuer.keyArn] }],
    };
  },
  sockets: ({ sockets: { endpoint, connectionsArn } }) => ({
    environment: { SOCKETS_ENDPOINT: endpoint },
    grants: [{ actions: ['execute-api:ManageConnections'], resources: [connectionsArn] }],
  }),
};

/** What a function is given: the capabilities that it names and no other. */
export function provisionOf(uses: readonly Capability[], resources: Resources): Provision {
  // several capabilities stand on one store
  const all = [...new Set(uses.map((capability) => provisions[capability]))].map((of) => of(resources));
  return {
    environment: Object.assign({}, ...all.map(({ environment }) => environment)),
    grants: all.flatMap(({ grants }) => grants),
    accepted: Object.assign({}, ...all.map(({ accepted }) => accepted)),
  };
}
