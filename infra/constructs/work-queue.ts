import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';

/** Long enough for people to look at a message: two weeks, the most that SQS keeps one. */
const kept = Duration.days(14);

/** A queue for what failed, for somebody to look at and to send again. */
export function deadLetters(scope: Construct, id: string, key: IKey): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: key,
    dataKeyReuse: Duration.hours(1),
    enforceSSL: true,
    retentionPeriod: kept,
  });
  acknowledge(queue, 'It is where messages end that failed elsewhere.', 'Serverless-SQSRedrivePolicy');
  return queue;
}

/** A queue that a function works off, and where its messages go that cannot be worked off. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly failed: Queue;

  constructor(scope: Construct, id: string, { timeoutSeconds, key }: { timeoutSeconds: number; key: IKey }) {
    super(scope, id);
    this.failed = deadLetters(this, 'Failed', key);
    this.queue = new Queue(this, 'Messages', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
      retentionPeriod: kept,
      // Lambda's rule: six times the function's time, so that a message under work is not handed out again
      visibilityTimeout: Duration.seconds(6 * timeoutSeconds),
      // a throttled poll counts as a receive, so fewer would bury healthy messages
      deadLetterQueue: { queue: this.failed, maxReceiveCount: 5 },
    });
  }
}
