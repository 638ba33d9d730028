import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Resources } from '../resources.ts';
import { retention } from '../retention.ts';
import type { Settings } from '../settings.ts';
import type { NetworkStack } from '../stacks/network.ts';
import { databaseEnvironment } from './database-environment.ts';

interface Props {
  readonly database: Extract<Settings['database'], { kind: 'aurora' }>;
  readonly settings: Settings;
  readonly network: NetworkStack;
  readonly key: IKey;
}

/** Of a statement through the proxy, and of a transaction that nobody goes on with. */
const limitMs = 15_000;

/**
 * Aurora Serverless v2. Two logins: the owner, for migrations alone, and the service's, which the migrations make
 * from its secret and which has no right that the role of the service lacks.
 */
export class AuroraDatabase extends Construct {
  readonly access: Resources['database'];
  readonly clusterId: string;

  constructor(scope: Construct, id: string, { database, settings, network, key }: Props) {
    super(scope, id);
    const { vpc } = network;
    const { removalPolicy, deletionProtection } = retention(settings);
    const reader = (_: unknown, index: number) =>
      rds.ClusterInstance.serverlessV2(`Reader${index + 1}`, { scaleWithWriter: true });
    const cluster = new rds.DatabaseCluster(this, 'Cluster', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_17_7 }),
      credentials: rds.Credentials.fromGeneratedSecret('strata_owner', { encryptionKey: key }),
      defaultDatabaseName: 'strata',
      writer: rds.ClusterInstance.serverlessV2('Writer'),
      readers: Array.from({ length: database.readers }, reader),
      serverlessV2MinCapacity: database.minCapacity,
      serverlessV2MaxCapacity: database.maxCapacity,
      vpc,
      vpcSubnets: { subnetGroupName: 'stores' },
      storageEncrypted: true,
      storageEncryptionKey: key,
      iamAuthentication: true,
      parameters: { 'rds.force_ssl': '1' },
      cloudwatchLogsExports: ['postgresql'],
      backup: { retention: Duration.days(database.backupDays) },
      copyTagsToSnapshot: true,
      deletionProtection,
      removalPolicy,
    });
    cluster.connections.allowDefaultPortFrom(network.functions, 'functions');
    const owner = cluster.secret;
    if (!owner) throw new Error('A generated login has a secret.');
    const login = new rds.DatabaseSecret(this, 'ServiceLogin', {
      username: 'strata_service',
      dbname: 'strata',
      encryptionKey: key,
      masterSecret: owner,
    });
    login.attach(cluster);
    // the CDK's classes are not written for exact optional properties
    const service = login as ISecret;
    const inside = { vpcSubnets: { subnetGroupName: 'functions' } };
    cluster.addRotationSingleUser({ automaticallyAfter: Duration.days(database.rotationDays), ...inside });
    // two logins in turn, so that one is good while the other is changed
    cluster.addRotationMultiUser('ServiceLogin', {
      secret: service,
      automaticallyAfter: Duration.days(database.rotationDays),
      ...inside,
    });

    const secret = (from: ISecret) => ({
      arn: from.secretArn,
      keyArn: key.keyArn,
    });
    this.clusterId = cluster.clusterIdentifier;
    this.access = {
      service: secret(service),
      owner: secret(owner),
      environment: {
        ...databaseEnvironment(database),
        ...(database.proxy && {
          DATABASE_HOST: this.#proxy(cluster, service, network).endpoint,
          DATABASE_ACCESS: 'pooled',
          DATABASE_STATEMENT_TIMEOUT_MS: String(limitMs),
        }),
      },
    };
    acknowledge(
      cluster,
      'Nothing reaches it but security groups of this deployment; another port would hide nothing.',
      'AwsSolutions-RDS11',
    );
    if (!deletionProtection) acknowledge(cluster, 'The stage keeps nothing.', 'AwsSolutions-RDS10');
  }

  #proxy(
    cluster: rds.DatabaseCluster,
    service: ISecret,
    { vpc, functions }: NetworkStack,
  ): rds.DatabaseProxy {
    const securityGroup = new ec2.SecurityGroup(this, 'ProxyCallers', {
      vpc,
      description: 'Proxy of Postgres',
    });
    const proxy = cluster.addProxy('Proxy', {
      secrets: [service],
      vpc,
      vpcSubnets: { subnetGroupName: 'stores' },
      securityGroups: [securityGroup],
      requireTLS: true,
      // who connects through it may not set them: it refuses the connection
      initQuery: `SET statement_timeout = ${limitMs}; SET idle_in_transaction_session_timeout = ${limitMs}`,
    });
    proxy.connections.allowFrom(functions, ec2.Port.tcp(5_432), 'functions');
    return proxy;
  }
}
