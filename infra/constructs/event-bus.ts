import { Duration } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

/** The bus of the stage. It has a name that is known beforehand, because other services write it down. */
export function eventBus(scope: Construct, id: string, settings: Settings): EventBus {
  const bus = new EventBus(scope, id, { eventBusName: `strata-${settings.stage}` });
  if (settings.eventArchiveDays !== undefined) {
    bus.archive('Replay', {
      description: 'Events of the last weeks, for a replay',
      eventPattern: { account: [bus.env.account] },
      retention: Duration.days(settings.eventArchiveDays),
    });
  }
  for (const account of settings.eventProducers) {
    bus.addToResourcePolicy(
      new PolicyStatement({
        sid: `Producer${account}`,
        principals: [new AccountPrincipal(account)],
        actions: ['events:PutEvents'],
        resources: [bus.eventBusArn],
      }),
    );
  }
  return bus;
}
