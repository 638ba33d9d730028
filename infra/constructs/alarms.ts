import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

/** `critical`: somebody is woken. `warning`: somebody looks at it on the next working day. */
export type Severity = 'critical' | 'warning';

export interface AlarmSpec {
  readonly metric: IMetric;
  readonly above: number;
  /** How many periods in a row. */
  readonly periods?: number;
  /** What silence means; good by default. */
  readonly silence?: TreatMissingData;
}

interface Props {
  readonly settings: Settings;
  readonly key: IKey;
}

/** Where alarms go, and how one is made: every alarm tells its severity and where the runbook speaks of it. */
export class Alarms extends Construct {
  readonly #topics: Record<Severity, Topic>;
  readonly #prefix: string;

  constructor(scope: Construct, id: string, { settings, key }: Props) {
    super(scope, id);
    this.#prefix = `strata-${settings.stage}`;
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${this.#prefix}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const topic = (severity: Severity, emails: readonly string[]) => {
      const made = new Topic(this, severity, {
        displayName: `strata ${settings.stage}: ${severity}`,
        masterKey: key,
        enforceSSL: true,
      });
      // a policy of its own takes the place of the one that lets everything of the account publish
      made.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
          actions: ['sns:Publish'],
          resources: [made.topicArn],
          conditions: { ArnLike: { 'aws:SourceArn': alarms } },
        }),
      );
      for (const email of emails) made.addSubscription(new EmailSubscription(email));
      return made;
    };
    this.#topics = {
      critical: topic('critical', settings.alarms.criticalEmails),
      warning: topic('warning', settings.alarms.warningEmails),
    };
  }

  /** @param name also the heading of the runbook */
  add(name: string, severity: Severity, spec: AlarmSpec): void {
    this.#notify(this.#alarm(name, severity, name, spec), severity);
  }

  /** Rings while all of them are true: a long window says that it matters, a short one that it still goes on. */
  addAll(name: string, severity: Severity, specs: Readonly<Record<string, AlarmSpec>>): void {
    const parts = Object.entries(specs).map(([window, spec]) =>
      this.#alarm(`${name}-${window}`, severity, name, spec),
    );
    const both = new CompositeAlarm(this, name, {
      compositeAlarmName: `${this.#prefix}-${name}`,
      alarmDescription: description(severity, name),
      alarmRule: AlarmRule.allOf(...parts.map((part) => AlarmRule.fromAlarm(part, AlarmState.ALARM))),
    });
    this.#notify(both, severity);
  }

  #alarm(name: string, severity: Severity, heading: string, spec: AlarmSpec): Alarm {
    const { metric, above, periods = 1, silence = TreatMissingData.NOT_BREACHING } = spec;
    return new Alarm(this, name, {
      alarmName: `${this.#prefix}-${name}`,
      alarmDescription: description(severity, heading),
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: silence,
    });
  }

  #notify(alarm: Alarm | CompositeAlarm, severity: Severity): void {
    const action = new SnsAction(this.#topics[severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

const description = (severity: Severity, heading: string) =>
  `Severity: ${severity}. What it means and what to do: docs/runbook.md#${heading}`;
