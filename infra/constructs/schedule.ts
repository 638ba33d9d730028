import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';

interface Props {
  readonly target: ServiceFunction;
  readonly everyMinutes: number;
  readonly failed: IQueue;
  readonly keyArn: string;
}

/** Calls a function at a rate. The next call is soon, so one that could not be delivered is not repeated for long. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { target, everyMinutes, failed, keyArn }: Props) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      description: `Calls ${target.spec.name}`,
    });
    const grants: [string[], string][] = [
      [['lambda:InvokeFunction'], target.lambda.functionArn],
      [['sqs:SendMessage'], failed.queueArn],
      [['kms:Decrypt', 'kms:GenerateDataKey'], keyArn],
    ];
    for (const [actions, resource] of grants) {
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    }
    const schedule = new CfnSchedule(this, 'Rate', {
      description: target.spec.summary,
      flexibleTimeWindow: { mode: 'OFF' },
      scheduleExpression: `rate(${everyMinutes} minute${everyMinutes === 1 ? '' : 's'})`,
      target: {
        arn: target.lambda.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: failed.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: 60 * everyMinutes, maximumRetryAttempts: 2 },
      },
    });
    schedule.node.addDependency(role);
  }
}
