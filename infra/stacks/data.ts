import { Arn, ArnFormat, Stack, type StackProps } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { FunctionSpec, QueueName } from '../../shared/contracts/function-spec.ts';
import { acknowledge } from '../acknowledge.ts';
import { ArchiveBuckets } from '../constructs/archive-buckets.ts';
import { AuroraDatabase } from '../constructs/aurora-database.ts';
import { cacheTable } from '../constructs/cache-table.ts';
import { dataKey } from '../constructs/data-key.ts';
import { eventBus } from '../constructs/event-bus.ts';
import { externalDatabase } from '../constructs/external-database.ts';
import { rateLimitTable } from '../constructs/rate-limit-table.ts';
import { SelfHostedGraph } from '../constructs/self-hosted-graph.ts';
import { WorkQueue } from '../constructs/work-queue.ts';
import type { SecretAccess } from '../provision.ts';
import { publish } from '../publish.ts';
import type { Resources } from '../resources.ts';
import { retention } from '../retention.ts';
import type { Settings } from '../settings.ts';
import type { NetworkStack } from './network.ts';

type Props = StackProps & {
  readonly settings: Settings;
  readonly specs: readonly FunctionSpec[];
  readonly network: NetworkStack | undefined;
};

/** Everything that keeps something: stores, queues, the bus, secrets and keys. */
export class DataStack extends Stack {
  readonly key: Key;
  readonly identityKey: Key;
  readonly table: Table;
  readonly rateLimits: Table;
  readonly bus: EventBus;
  readonly queues: ReadonlyMap<QueueName, WorkQueue>;
  readonly buckets: ArchiveBuckets;
  readonly clusterId: string | undefined;
  /** All but the issuer, whose address is that of an API. */
  readonly resources: Omit<Resources, 'issuer' | 'sockets'>;

  constructor(scope: Construct, id: string, { settings, specs, network, ...props }: Props) {
    super(scope, id, props);
    this.key = dataKey(this, 'Key', settings);
    const shared = { settings, key: this.key };
    this.identityKey = new Key(this, 'IdentityKey', {
      description: `Signs the tokens of strata ${settings.stage}`,
      keySpec: KeySpec.RSA_2048,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: retention(settings).removalPolicy,
    });
    this.table = cacheTable(this, 'Cache', shared);
    this.rateLimits = rateLimitTable(this, 'RateLimits', shared);
    this.buckets = new ArchiveBuckets(this, 'Buckets', shared);
    this.bus = eventBus(this, 'Bus', settings);
    this.queues = this.#makeQueues(specs);
    const cursorKey = this.#makeCursorKey();
    const { access, clusterId } = this.#database(settings, network);
    this.clusterId = clusterId;

    const changes = this.#queue('graph-changes');
    this.resources = {
      dataKeyArn: this.key.keyArn,
      database: access,
      graph: this.#graph(settings, network),
      dynamodbTimeoutMs: settings.dynamodbTimeoutMs,
      cacheTable: { name: this.table.tableName, arn: this.table.tableArn },
      rateLimitTable: { name: this.rateLimits.tableName, arn: this.rateLimits.tableArn },
      limits: settings.limits,
      graphChanges: { url: changes.queue.queueUrl, arn: changes.queue.queueArn },
      eventBus: { name: this.bus.eventBusName, arn: this.bus.eventBusArn },
      archive: {
        bucket: this.buckets.archive.bucketName,
        objectsArn: this.buckets.archive.arnForObjects('archive/*'),
        objectsFinding: this.#findingOf(this.buckets.archive, 'archive/*'),
        settings: settings.archive,
      },
      cursorKey: { arn: cursorKey.secretArn, keyArn: this.key.keyArn },
      outsideIssuer: outsideIssuer(settings),
      models: settings.models,
      secretNamed: (name) => this.#secretNamed(name),
      modelNamed: (name) => this.#modelNamed(name),
    };
    publish(this, {
      CacheTable: this.table.tableName,
      RateLimitTable: this.rateLimits.tableName,
      EventBusName: this.bus.eventBusName,
      GraphChangesQueueUrl: changes.queue.queueUrl,
      GraphChangesFailedQueueUrl: changes.failed.queueUrl,
      ArchiveBucket: this.buckets.archive.bucketName,
      AuditBucket: this.buckets.audit.bucketName,
      DatabaseSecretArn: access.service.arn,
      IdentityKeyArn: this.identityKey.keyArn,
    });
  }

  #makeQueues(specs: readonly FunctionSpec[]): ReadonlyMap<QueueName, WorkQueue> {
    return new Map(
      specs.flatMap(({ trigger, timeoutSeconds }) =>
        trigger.kind === 'queue'
          ? [[trigger.queue, new WorkQueue(this, trigger.queue, { timeoutSeconds, key: this.key })]]
          : [],
      ),
    );
  }

  #queue(name: QueueName): WorkQueue {
    const queue = this.queues.get(name);
    if (!queue) throw new Error(`No function works off the queue ${name}.`);
    return queue;
  }

  #makeCursorKey(): Secret {
    const secret = new Secret(this, 'CursorKey', {
      description: 'Signs the cursors of lists',
      encryptionKey: this.key,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    acknowledge(
      secret,
      'It opens nothing: a cursor names a place in a list that its reader sees anyway.',
      'AwsSolutions-SMG4',
    );
    return secret;
  }

  #database(
    settings: Settings,
    network: NetworkStack | undefined,
  ): { access: Resources['database']; clusterId?: string } {
    const { database } = settings;
    if (database.kind === 'external') {
      return { access: externalDatabase(database, (name) => this.#secretNamed(name)) };
    }
    if (!network) throw new Error('A cluster of this deployment needs a network.');
    return new AuroraDatabase(this, 'Postgres', { database, settings, network, key: this.key });
  }

  #graph(settings: Settings, network: NetworkStack | undefined): Resources['graph'] {
    const { graph } = settings;
    if (graph.kind === 'external') {
      const { uri: url, secretName } = graph;
      return { url, secret: secretName === undefined ? undefined : this.#secretNamed(secretName) };
    }
    if (!network) throw new Error('A graph of this deployment needs a network.');
    return new SelfHostedGraph(this, 'Graph', { graph, settings, network, key: this.key }).access;
  }

  /** The rule packs name a resource by its place in the template. */
  #findingOf(bucket: Bucket, objects: string): string {
    const id = this.getLogicalId(bucket.node.defaultChild as CfnBucket);
    return `AwsSolutions-IAM5[Resource::<${id}.Arn>/${objects}]`;
  }

  /** Secrets Manager adds six characters to a name. It takes an ARN without them; a policy has to match them too. */
  #secretNamed(name: string): SecretAccess {
    const arn = Arn.format(
      {
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: name,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      },
      this,
    );
    return { arn, grantedArn: `${arn}-??????`, keyArn: undefined };
  }

  #modelNamed(name: string): string {
    return `arn:${this.partition}:bedrock:${this.region}::foundation-model/${name}`;
  }
}

const outsideIssuer = ({ identity }: Settings): Resources['outsideIssuer'] =>
  identity.kind === 'oidc' ? { url: identity.issuer, audience: identity.audience } : undefined;
