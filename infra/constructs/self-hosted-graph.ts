import { Duration, Size, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ARecord, PrivateHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Resources } from '../resources.ts';
import { retention } from '../retention.ts';
import type { Settings } from '../settings.ts';
import type { NetworkStack } from '../stacks/network.ts';
import { neo4jSetup } from './neo4j-setup.ts';

interface Props {
  readonly graph: Extract<Settings['graph'], { kind: 'self-hosted' }>;
  readonly settings: Settings;
  readonly network: NetworkStack;
  readonly key: IKey;
}

const boltPort = 7_687;
const zoneName = 'strata.internal';

/**
 * Neo4j community on one machine. One is enough: the graph is a projection that Postgres can fill again, and while
 * it is away writes go on. The volume outlives the machine, and a name in a private zone the machine's address.
 */
export class SelfHostedGraph extends Construct {
  readonly access: Resources['graph'];

  constructor(scope: Construct, id: string, { graph, settings, network, key }: Props) {
    super(scope, id);
    const { vpc } = network;
    const secret = new Secret(this, 'Login', {
      description: 'Login of the graph',
      encryptionKey: key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: 'neo4j' }),
        generateStringKey: 'password',
        excludePunctuation: true,
        passwordLength: 40,
      },
    });
    const subnet = vpc.selectSubnets({ subnetGroupName: 'functions' }).subnets[0];
    if (!subnet) throw new Error('The network has no subnet for the graph.');
    const volume = new ec2.Volume(this, 'Data', {
      availabilityZone: subnet.availabilityZone,
      size: Size.gibibytes(graph.volumeGb),
      encrypted: true,
      encryptionKey: key,
      volumeType: ec2.EbsDeviceVolumeType.GP3,
      removalPolicy: retention(settings).removalPolicy,
    });
    const securityGroup = new ec2.SecurityGroup(this, 'Callers', { vpc, description: 'The graph' });
    securityGroup.addIngressRule(network.functions, ec2.Port.tcp(boltPort), 'functions');
    const address = `graph.${zoneName}`;
    const instance = new ec2.Instance(this, 'Server', {
      vpc,
      vpcSubnets: { subnets: [subnet] },
      instanceType: new ec2.InstanceType(graph.instanceType),
      machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
      securityGroup,
      requireImdsv2: true,
      detailedMonitoring: true,
      userData: neo4jSetup({ address, boltPort, secretArn: secret.secretArn, volumeId: volume.volumeId }),
      userDataCausesReplacement: true,
      ssmSessionPermissions: true,
      blockDevices: [
        { deviceName: '/dev/xvda', volume: ec2.BlockDeviceVolume.ebs(16, { encrypted: true, kmsKey: key }) },
      ],
    });
    volume.grantAttachVolume(instance.role);
    instance.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
    );
    instance.addToRolePolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }));
    new ARecord(this, 'Address', {
      zone: new PrivateHostedZone(this, 'Zone', { vpc, zoneName }),
      recordName: 'graph',
      target: RecordTarget.fromIpAddresses(instance.instancePrivateIp),
      ttl: Duration.seconds(30),
    });
    this.access = {
      // its certificate is its own: it hides the traffic, and the network says who it is
      url: `bolt+ssc://${address}:${boltPort}`,
      secret: { arn: secret.secretArn, keyArn: key.keyArn },
    };
    this.#acceptFindings(secret, instance);
  }

  #acceptFindings(secret: Secret, instance: ec2.Instance): void {
    const { region, account } = Stack.of(this);
    const owner = Token.isUnresolved(account) ? '<AWS::AccountId>' : account;
    acknowledge(
      secret,
      'Neo4j takes a password at the first start; docs/deploy.md tells how to change it.',
      'AwsSolutions-SMG4',
    );
    acknowledge(
      instance,
      'One machine by design: the graph is a projection, its volume outlives the machine, and a newer image or setup replaces it.',
      'AwsSolutions-EC29',
    );
    acknowledge(
      instance,
      'People reach it through Session Manager, whose policy this is; there is no other way in.',
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore]',
    );
    acknowledge(
      instance,
      'It attaches one volume, which is named, to itself, whose id is not known before it runs.',
      `AwsSolutions-IAM5[Resource::arn:aws:ec2:${region}:${owner}:instance/*]`,
    );
  }
}
