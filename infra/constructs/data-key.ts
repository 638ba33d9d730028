import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { retention } from '../retention.ts';
import type { Settings } from '../settings.ts';

/** Services of AWS that put messages into encrypted queues and topics by themselves. */
const senders = ['events.amazonaws.com', 'cloudwatch.amazonaws.com'];

/** The key that everything of the service is encrypted with at rest. */
export function dataKey(scope: Construct, id: string, settings: Settings): Key {
  const key = new Key(scope, id, {
    description: `Data of strata ${settings.stage}`,
    enableKeyRotation: true,
    removalPolicy: retention(settings).removalPolicy,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: senders.map((service) => new ServicePrincipal(service)),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
    }),
  );
  return key;
}
