import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { retention } from '../retention.ts';
import type { Settings } from '../settings.ts';

/** A log group whose lines are kept as long as the stage keeps them. */
export const keptLogs = (scope: Construct, id: string, settings: Pick<Settings, 'logDays' | 'retain'>) =>
  new LogGroup(scope, id, {
    // the numbers of the enumeration are days
    retention: settings.logDays as RetentionDays,
    removalPolicy: retention(settings).removalPolicy,
  });
