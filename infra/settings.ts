import * as z from 'zod';
import { archiveBounds } from '../shared/contracts/lifecycle/archive-bounds.ts';
import { defaultTenantLimits, tenantLimits } from '../shared/contracts/tenant-limits.ts';

const days = z.number().int().positive();
const secretName = z.string().regex(/^[\w/+=.@-]+$/);

/** How long a request waits for a connection to the database; the adapter's own default without it. */
const connectTimeoutMs = z.number().int().min(100).max(20_000).optional();

/** Where the memories are: a cluster of this deployment, or a PostgreSQL with pgvector that somebody runs already. */
const database = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('aurora'),
    connectTimeoutMs,
    /** Aurora capacity units; one is about 2 GiB of memory. */
    minCapacity: z.number().min(0).max(256),
    maxCapacity: z.number().min(1).max(256),
    readers: z.number().int().min(0).max(15).default(0),
    /** Pools connections in front of the cluster: worth its price when many functions run at once. */
    proxy: z.boolean(),
    backupDays: days.max(35),
    rotationDays: days.default(30),
  }),
  z.strictObject({
    kind: z.literal('external'),
    connectTimeoutMs,
    /** Secret with the URL, or the credentials, that the service signs in with. */
    secretName,
    /** The same for who may create extensions, roles and tables; the migrations sign in with it. */
    ownerSecretName: secretName,
    /** Whether the login takes on the service's role; not for a pooler, which refuses start-up parameters. */
    setRole: z.boolean().default(true),
  }),
]);

const graph = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('external'),
    uri: z.string().regex(/^(?:neo4j|bolt)(?:\+s|\+ssc)?:\/\/.+/),
    /** Secret with `username` and `password` as JSON; none where the graph lets everybody in. */
    secretName: secretName.optional(),
  }),
  z.strictObject({
    kind: z.literal('self-hosted'),
    instanceType: z.string().default('t4g.medium'),
    volumeGb: z.number().int().min(8),
  }),
]);

/** Who issues tokens: this service against API keys, or the users' own identity provider. */
const identity = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('own'), audience: z.string().min(1).default('strata') }),
  z.strictObject({
    kind: z.literal('oidc'),
    issuer: z.url({ protocol: /^https$/ }),
    audience: z.array(z.string().min(1)).min(1),
  }),
]);

const models = z
  .strictObject({
    /** A server with OpenAI's interface, and the secret of its key. */
    openAi: z.strictObject({ baseUrl: z.url({ protocol: /^https$/ }), secretName }).optional(),
    embedder: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('static') }),
        z.strictObject({
          kind: z.literal('bedrock'),
          model: z.string().min(1),
          dimension: z.literal([256, 512, 1024]),
        }),
        z.strictObject({
          kind: z.literal('openai'),
          model: z.string().min(1),
          dimension: z.number().int().min(1).max(4_000),
        }),
      ])
      .default({ kind: 'static' }),
    extractor: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.enum(['rules', 'none']) }),
        z.strictObject({ kind: z.enum(['bedrock', 'openai']), model: z.string().min(1) }),
      ])
      .default({ kind: 'rules' }),
  })
  .refine(
    ({ openAi, embedder, extractor }) =>
      openAi !== undefined || (embedder.kind !== 'openai' && extractor.kind !== 'openai'),
    { path: ['openAi'], error: 'a model of that kind needs it' },
  );

/** Everything that one stage differs from another in. Constructs look at these alone, never at the stage's name. */
export const settingsSchema = z
  .strictObject({
    stage: z.string().regex(/^[a-z][a-z0-9-]{0,19}$/),
    /** Left out, the account of whoever deploys. */
    account: z
      .string()
      .regex(/^\d{12}$/)
      .optional(),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
    /** A private network; zones are named, because looking them up takes an account. */
    network: z
      .strictObject({
        zones: z.array(z.string()).min(2),
        /** What the functions reach the internet through: a graph or a model that is elsewhere. */
        natGateways: z.number().int().min(0),
      })
      .optional(),
    database,
    graph,
    identity,
    models: models.prefault({}),
    /** Keeps what holds data when its stack goes, and guards it against deletion. */
    retain: z.boolean(),
    archive: z.strictObject({
      /** After so many days without a change and without a read, a memory goes to the archive. */
      afterDays: z.number().min(0).default(90),
      /** 0 to 1: from this importance on it stays. */
      keepImportance: z.number().min(0).max(1).default(0.8),
      /** So many due memories of a tenant are worth an object; fewer wait for more. */
      minPackMemories: z.number().int().min(1).max(archiveBounds.packMemories).default(500),
      /** And so long: then they go, however few they are. */
      waitDays: z.number().min(0).default(30),
      /** 0 to 1: an object of which less is alive gives that to a new one; 0 never. */
      compactBelow: z.number().min(0).max(1).default(0.25),
      instantRetrievalAfterDays: days,
      deepArchiveAfterDays: days,
      /** How long nobody can change or delete an audit seal. */
      auditDays: days,
    }),
    /** What one call to DynamoDB may cost a request; the adapters' own default without it. */
    dynamodbTimeoutMs: z.number().int().min(10).max(10_000).optional(),
    /** How long the bus keeps events for a replay; none without it. */
    eventArchiveDays: days.optional(),
    /** Accounts that may put events on the bus, besides this one. */
    eventProducers: z.array(z.string().regex(/^\d{12}$/)).default([]),
    /** Of a tenant for which the operator has not chosen others. */
    limits: tenantLimits.default(defaultTenantLimits),
    /** Of each API as a whole; the limits of one tenant lie below. */
    throttle: z.strictObject({
      requestsPerSecond: z.number().positive(),
      burst: z.number().int().positive(),
    }),
    /** Concurrent runs kept for a function, and its limit; by the function's name. */
    reservedConcurrency: z.record(z.string(), z.number().int().min(1)).default({}),
    /** Web pages that may call the API. */
    corsOrigins: z.array(z.string()).default([]),
    /** Address of an API with `{api}` for its id, where that is not AWS's own. */
    apiAddress: z
      .string()
      .regex(/\{api\}/)
      .optional(),
    /** Address of the WebSocket API, for sending to its clients, where that is not AWS's own: `{api}` and `{stage}`. */
    socketAddress: z
      .string()
      .regex(/\{api\}.*\{stage\}/)
      .optional(),
    /** Makes the role that API Gateway logs with: an account has one per region, so one stage in it makes it. */
    gatewayLogRole: z.boolean().default(true),
    logDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]),
    logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
    tracing: z.boolean(),
    alarms: z.strictObject({
      criticalEmails: z.array(z.email()).default([]),
      warningEmails: z.array(z.email()).default([]),
    }),
    /** What is promised; without it nothing watches how fast the error budget burns. */
    objectives: z
      .strictObject({
        availabilityPercent: z.number().min(90).max(99.999),
        /** 99 % of single writes are answered within this. */
        writeP99Ms: z.number().int().min(10),
      })
      .optional(),
  })
  .superRefine((settings, context) => {
    const inside = settings.database.kind === 'aurora' || settings.graph.kind === 'self-hosted';
    if (inside && settings.network === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['network'],
        message: 'a store of this deployment needs one',
      });
    }
    if (settings.graph.kind === 'self-hosted' && settings.network?.natGateways === 0) {
      const message = 'a self-hosted graph is installed through one';
      context.addIssue({ code: 'custom', path: ['network', 'natGateways'], message });
    }
    const { throttle, limits } = settings;
    if (throttle.requestsPerSecond <= limits.requests.perSecond || throttle.burst <= limits.requests.burst) {
      context.addIssue({
        code: 'custom',
        path: ['throttle'],
        message: 'lies above what one tenant may do, or a single one of them throttles all',
      });
    }
    const { instantRetrievalDays } = archiveBounds;
    const { instantRetrievalAfterDays, deepArchiveAfterDays } = settings.archive;
    if (deepArchiveAfterDays < instantRetrievalAfterDays + instantRetrievalDays) {
      const message = `Glacier Instant Retrieval keeps objects for ${instantRetrievalDays} days at least`;
      context.addIssue({ code: 'custom', path: ['archive', 'deepArchiveAfterDays'], message });
    }
  });

export type Settings = z.output<typeof settingsSchema>;
export type StageSettings = z.input<typeof settingsSchema>;

/** @throws Error naming every setting that is wrong, and where */
export function parseSettings(given: StageSettings): Settings {
  const parsed = settingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(`The settings of the stage are not valid:\n${z.prettifyError(parsed.error)}`);
}
