import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import { acknowledge } from '../acknowledge.ts';
import type { Provision } from '../provision.ts';
import type { Settings } from '../settings.ts';
import type { NetworkStack } from '../stacks/network.ts';
import { keptLogs } from './kept-logs.ts';

interface Props {
  readonly spec: FunctionSpec;
  readonly settings: Settings;
  readonly code: lambda.Code;
  readonly provision: Provision;
  readonly network: NetworkStack | undefined;
  /** Where invocations go that nobody waits for and that failed. */
  readonly failed?: { readonly queue: IQueue; readonly keyArn: string; readonly retries: number };
}

/** One function of the service, with a role of its own that may do what its capabilities name. */
export class ServiceFunction extends Construct {
  readonly spec: FunctionSpec;
  readonly lambda: lambda.Function;
  readonly logs: LogGroup;

  constructor(scope: Construct, { spec, settings, code, provision, network, failed }: Props) {
    super(scope, spec.name);
    this.spec = spec;
    this.logs = keptLogs(this, 'Logs', settings);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${spec.name} of strata ${settings.stage}`,
    });
    this.lambda = new lambda.Function(this, 'Function', {
      description: spec.summary,
      code,
      handler: 'main.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout: Duration.seconds(spec.timeoutSeconds),
      memorySize: spec.memoryMb,
      role,
      logGroup: this.logs,
      tracing: settings.tracing ? lambda.Tracing.ACTIVE : lambda.Tracing.DISABLED,
      environment: { ...ambient(settings), ...provision.environment },
      ...reserved(settings, spec),
      ...(network && {
        vpc: network.vpc,
        vpcSubnets: { subnetGroupName: 'functions' },
        securityGroups: [network.functions],
      }),
      ...(failed && { deadLetterQueue: failed.queue, retryAttempts: failed.retries }),
    });
    const grant = (actions: readonly string[], resources: readonly string[]) =>
      role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    for (const { actions, resources } of provision.grants) grant(actions, resources);
    grant(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logs.logGroupArn]);
    if (failed) grant(['kms:Decrypt', 'kms:GenerateDataKey'], [failed.keyArn]);
    if (network) grant(networkInterfaces, ['*']);
    for (const [finding, reason] of Object.entries(provision.accepted ?? {}))
      acknowledge(role, reason, finding);
    this.#acceptFindings(role, settings, failed !== undefined);
  }

  #acceptFindings(role: Role, { tracing }: Settings, hasFailureQueue: boolean): void {
    acknowledge(
      role,
      'X-Ray and the network interfaces of a function have no resource to name; the actions are named.',
      'AwsSolutions-IAM5[Resource::*]',
    );
    acknowledge(
      this,
      hasFailureQueue
        ? 'Its dead-letter queue takes events as they came, so that they can be sent again as they are.'
        : 'Nobody invokes it without waiting for the answer.',
      hasFailureQueue ? 'Serverless-LambdaAsyncFailureDestination' : 'Serverless-LambdaDLQ',
    );
    acknowledge(
      this,
      'What it does not acknowledge goes to the dead-letter queue of its queue.',
      'Serverless-LambdaEventSourceMappingDestination',
    );
    if (!tracing) acknowledge(this, 'The stage is not traced.', 'Serverless-LambdaTracing');
  }
}

/** What Lambda needs to join a network; EC2 lets none of it be narrowed to an interface that is not there yet. */
const networkInterfaces = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** What every function has without asking. */
const ambient = ({ stage, logLevel, tracing }: Settings) => ({
  LOG_LEVEL: logLevel,
  // two stages may share an account
  POWERTOOLS_METRICS_NAMESPACE: metricNamespace(stage),
  POWERTOOLS_TRACE_ENABLED: String(tracing),
});

export const metricNamespace = (stage: string) => `Strata/${stage}`;

const reserved = ({ reservedConcurrency }: Settings, { name }: FunctionSpec) => {
  const reservedConcurrentExecutions = reservedConcurrency[name];
  return reservedConcurrentExecutions === undefined ? {} : { reservedConcurrentExecutions };
};
