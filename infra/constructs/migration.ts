import { type CfnElement, CustomResource, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { DeploymentRequest } from '../../shared/contracts/deployment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { Settings } from '../settings.ts';
import { keptLogs } from './kept-logs.ts';
import type { ServiceFunction } from './service-function.ts';

interface Props extends DeploymentRequest {
  readonly runs: ServiceFunction;
  readonly settings: Settings;
}

/** Runs a function during the deployment, whenever its revision has changed. What depends on this waits for it. */
export class Migration extends Construct {
  constructor(scope: Construct, id: string, { runs, settings, ...request }: Props) {
    super(scope, id);
    const provider = new Provider(this, 'Provider', {
      onEventHandler: runs.lambda,
      logGroup: keptLogs(this, 'Logs', settings),
    });
    new CustomResource(this, 'Stores', {
      serviceToken: provider.serviceToken,
      resourceType: 'Custom::StrataMigration',
      properties: {
        revision: request.revision,
        allowDestructiveMigrations: String(request.allowDestructiveMigrations),
      },
    });
    acknowledge(
      provider,
      "The provider is the CDK's own; it calls this one function, in all of its versions.",
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      'AwsSolutions-L1',
      'Serverless-LambdaDLQ',
      'Serverless-LambdaDefaultMemorySize',
      'Serverless-LambdaTracing',
      `AwsSolutions-IAM5[Resource::<${logicalIdOf(runs.lambda)}.Arn>:*]`,
    );
  }
}

const logicalIdOf = (of: LambdaFunction) => Stack.of(of).getLogicalId(of.node.defaultChild as CfnElement);
