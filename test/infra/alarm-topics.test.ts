import { describe, expect, it } from 'vitest';
import { propertiesOf, resourcesOf, stages } from './stage.ts';

interface Ringing {
  AlarmName: string;
  AlarmActions?: { Ref: string }[];
}
interface TopicPolicy {
  Topics: { Ref: string }[];
  PolicyDocument: {
    Statement: { Effect: string; Action: unknown; Principal: unknown; Condition: unknown }[];
  };
}

describe('the topics of the alarms', () => {
  it.each(Object.entries(stages))('of %s take what the alarms publish', (_, settings) => {
    const resources = resourcesOf(settings);
    const ringing = [
      ...propertiesOf<Ringing>(resources, 'AWS::CloudWatch::Alarm'),
      ...propertiesOf<Ringing>(resources, 'AWS::CloudWatch::CompositeAlarm'),
    ].filter(({ AlarmActions }) => AlarmActions);
    const rung = new Set(ringing.flatMap(({ AlarmActions = [] }) => AlarmActions.map(({ Ref }) => Ref)));
    expect(rung.size).toBe(2);
    const policies = propertiesOf<TopicPolicy>(resources, 'AWS::SNS::TopicPolicy');
    for (const topic of rung) {
      const statements = policies
        .filter(({ Topics }) => Topics.some(({ Ref }) => Ref === topic))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      expect(statements).toContainEqual(
        expect.objectContaining({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
        }),
      );
      const [allowed] = statements.filter(({ Effect }) => Effect === 'Allow');
      const prefix = `:alarm:strata-${settings.stage}-`;
      expect(JSON.stringify(allowed?.Condition)).toContain(`${prefix}*"`);
      for (const { AlarmName } of ringing) expect(`:alarm:${AlarmName}`.startsWith(prefix)).toBe(true);
    }
  });
});
