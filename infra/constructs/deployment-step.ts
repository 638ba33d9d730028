import { type CfnElement, CustomResource, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Settings } from '../settings.ts';
import { keptLogs } from './kept-logs.ts';

interface Props {
  readonly runs: LambdaFunction;
  /** What CloudFormation calls it, after `Custom::Strata`. */
  readonly type: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly settings: Settings;
}

/** Runs a function during the deployment, whenever its properties have changed. What depends on this waits for it. */
export class DeploymentStep extends Construct {
  constructor(scope: Construct, id: string, { runs, type, properties, settings }: Props) {
    super(scope, id);
    const provider = new Provider(this, 'Provider', {
      onEventHandler: runs,
      logGroup: keptLogs(this, 'Logs', settings),
    });
    new CustomResource(this, 'Run', {
      serviceToken: provider.serviceToken,
      resourceType: `Custom::Strata${type}`,
      properties,
    });
    acknowledge(
      provider,
      "The provider is the CDK's own; it calls this one function, in all of its versions.",
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      'AwsSolutions-L1',
      'Serverless-LambdaDLQ',
      'Serverless-LambdaDefaultMemorySize',
      'Serverless-LambdaTracing',
      `AwsSolutions-IAM5[Resource::<${logicalIdOf(runs)}.Arn>:*]`,
    );
  }
}

const logicalIdOf = (of: LambdaFunction) => Stack.of(of).getLogicalId(of.node.defaultChild as CfnElement);
