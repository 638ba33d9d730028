import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DataStack } from '../stacks/data.ts';
import { Schedule } from './schedule.ts';
import type { ServiceFunction } from './service-function.ts';

interface Around {
  readonly data: DataStack;
  readonly failedRuns: Queue;
  readonly failedEvents: ReadonlyMap<string, Queue>;
}

/** Connects a function to what its spec says invokes it, where that is no request. */
export function connectTrigger(scope: Construct, served: ServiceFunction, around: Around): void {
  const { data, failedRuns, failedEvents } = around;
  const { name, trigger } = served.spec;
  switch (trigger.kind) {
    case 'queue': {
      const source = data.queues.get(trigger.queue);
      if (!source) throw new Error(`There is no queue ${trigger.queue}.`);
      served.lambda.addEventSource(
        new SqsEventSource(source.queue, {
          batchSize: trigger.batchSize,
          // Lambda wants a window for batches of more than ten
          maxBatchingWindow: Duration.seconds(1),
          maxConcurrency: trigger.maximumConcurrency,
          reportBatchItemFailures: true,
        }),
      );
      return;
    }
    case 'bus': {
      const deadLetterQueue = failedEvents.get(name);
      if (!deadLetterQueue) throw new Error(`Events that ${name} cannot take have no queue.`);
      new Rule(scope, `${name}-events`, {
        description: served.spec.summary,
        eventBus: data.bus,
        eventPattern: { detailType: [...trigger.events] },
        targets: [new LambdaFunction(served.lambda, { deadLetterQueue, maxEventAge: Duration.hours(24) })],
      });
      return;
    }
    case 'schedule':
      new Schedule(scope, `${name}-schedule`, {
        target: served,
        everyMinutes: trigger.everyMinutes,
        failed: failedRuns,
        keyArn: data.key.keyArn,
      });
      return;
    case 'http':
    case 'socket':
    case 'deployment':
      return;
  }
}
