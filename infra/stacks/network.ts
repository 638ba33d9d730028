import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { keptLogs } from '../constructs/kept-logs.ts';
import type { Settings } from '../settings.ts';

type Props = StackProps & { readonly network: NonNullable<Settings['network']>; readonly settings: Settings };

/** What is called through the private network, and would else go through the NAT gateway at its price. */
const services = {
  SecretsManager: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Sqs: ec2.InterfaceVpcEndpointAwsService.SQS,
  EventBridge: ec2.InterfaceVpcEndpointAwsService.EVENTBRIDGE,
  Kms: ec2.InterfaceVpcEndpointAwsService.KMS,
} as const;

/** The private network of the stores, and of the functions that use them. */
export class NetworkStack extends Stack {
  readonly vpc: ec2.IVpc;
  /** What every function wears: stores let in who does. */
  readonly functions: ec2.SecurityGroup;
  readonly #zones: string[];

  constructor(scope: Construct, id: string, { network, settings, ...props }: Props) {
    super(scope, id, props);
    this.#zones = network.zones;
    const vpc = new ec2.Vpc(this, 'Network', {
      availabilityZones: network.zones,
      natGateways: network.natGateways,
      subnetConfiguration: [
        { name: 'public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        {
          name: 'functions',
          subnetType:
            network.natGateways > 0 ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED,
          cidrMask: 20,
        },
        { name: 'stores', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      flowLogs: {
        Rejected: {
          trafficType: ec2.FlowLogTrafficType.REJECT,
          destination: ec2.FlowLogDestination.toCloudWatchLogs(keptLogs(this, 'FlowLogs', settings)),
        },
      },
    });
    // the CDK's classes are not written for exact optional properties
    this.vpc = vpc as ec2.IVpc;
    this.functions = new ec2.SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'Functions of the service',
    });
    this.#addEndpoints();
  }

  #addEndpoints(): void {
    this.vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
    this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    for (const [name, service] of Object.entries(services)) {
      const securityGroup = new ec2.SecurityGroup(this, `${name}Callers`, {
        vpc: this.vpc,
        description: `Who calls ${name} privately`,
        allowAllOutbound: false,
      });
      securityGroup.addIngressRule(ec2.Peer.ipv4(this.vpc.vpcCidrBlock), ec2.Port.tcp(443), 'the network');
      this.vpc.addInterfaceEndpoint(name, {
        service,
        open: false,
        subnets: { subnetGroupName: 'functions' },
        securityGroups: [securityGroup],
      });
      acknowledge(
        securityGroup,
        'The rule cannot read an address range that is a reference; it is that of the network itself.',
        'AwsSolutions-EC23',
      );
    }
  }

  /** The settings' own: the CDK would ask the account for its zones. */
  override get availabilityZones(): string[] {
    return this.#zones;
  }
}
