import { describe, expect, it } from 'vitest';
import { functionSpecs } from '../../functions/index.ts';
import { cacheTable } from '../../shared/contracts/cache-table.ts';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';
import { propertiesOf, resourcesOf, stages } from './stage.ts';

const specs: readonly FunctionSpec[] = functionSpecs;
const of = <K extends FunctionSpec['trigger']['kind']>(kind: K) =>
  specs.flatMap((spec) =>
    spec.trigger.kind === kind
      ? [{ ...spec, trigger: spec.trigger as Extract<typeof spec.trigger, { kind: K }> }]
      : [],
  );
const resources = resourcesOf(stages.prod);
const functionOf = (name: string) =>
  expect.stringMatching(new RegExp(`^${name.replaceAll('-', '')}Function`));

describe('what invokes a function', () => {
  it('is the queue of its spec, with partial failures and a limit of its own', () => {
    const sources = propertiesOf(resources, 'AWS::Lambda::EventSourceMapping');
    expect(sources).toEqual(
      of('queue').map(({ name, trigger }) =>
        expect.objectContaining({
          FunctionName: { Ref: functionOf(name) },
          BatchSize: trigger.batchSize,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: trigger.maximumConcurrency },
        }),
      ),
    );
  });

  it('is a rule with the events of its spec', () => {
    const rules = propertiesOf(resources, 'AWS::Events::Rule').filter(({ EventPattern }) => {
      return EventPattern !== undefined && 'detail-type' in EventPattern;
    });
    expect(rules).toEqual(
      of('bus').map(({ name, trigger }) =>
        expect.objectContaining({
          EventPattern: { 'detail-type': trigger.events },
          EventBusName: expect.anything(),
          Targets: [
            expect.objectContaining({
              Arn: { 'Fn::GetAtt': [functionOf(name), 'Arn'] },
              DeadLetterConfig: expect.anything(),
            }),
          ],
        }),
      ),
    );
  });

  it('is a schedule at the rate of its spec', () => {
    const schedules = propertiesOf(resources, 'AWS::Scheduler::Schedule');
    expect(schedules).toHaveLength(of('schedule').length);
    for (const { name, trigger } of of('schedule')) {
      const unit = trigger.everyMinutes === 1 ? 'minute' : 'minutes';
      expect(schedules).toContainEqual(
        expect.objectContaining({
          ScheduleExpression: `rate(${trigger.everyMinutes} ${unit})`,
          Target: expect.objectContaining({ Arn: { 'Fn::GetAtt': [functionOf(name), 'Arn'] } }),
        }),
      );
    }
  });

  it('is the deployment, which waits for as long as it runs', () => {
    const functions = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
    const timeoutOf = (id: RegExp) => functions.find(([name]) => id.test(name))?.[1].Properties.Timeout;
    const [{ name, timeoutSeconds } = { name: '', timeoutSeconds: 0 }] = of('deployment');
    expect(timeoutOf(new RegExp(`^Service/${name}Function`))).toBe(timeoutSeconds);
    // it gives up before who waits for it does, who could not say why any more
    expect(timeoutOf(new RegExp(`^Service/${name}nowProvider`))).toBeGreaterThan(timeoutSeconds);
  });

  it('is the deployment, before anything that serves is changed', () => {
    expect(propertiesOf(resources, 'Custom::StrataMigration')).toMatchObject([
      { revision: expect.stringMatching(/./), allowDestructiveMigrations: 'false' },
    ]);
    const served = specs.filter(({ trigger }) => trigger.kind !== 'deployment');
    for (const { name } of served) {
      const [, lambda] =
        Object.entries(resources).find(([id]) =>
          id.startsWith(`Service/${name.replaceAll('-', '')}Function`),
        ) ?? [];
      expect(lambda?.DependsOn).toContainEqual(expect.stringMatching(/^migratenowRun/));
    }
    const asked = resourcesOf(stages.emulated, { allowDestructiveMigrations: true });
    expect(propertiesOf(asked, 'Custom::StrataMigration')).toMatchObject([
      { allowDestructiveMigrations: 'true' },
    ]);
  });
});

describe('a message that fails', () => {
  it('is handed out again after six times the time of its function, and buried after the fifth try', () => {
    const [{ timeoutSeconds } = { timeoutSeconds: 0 }] = of('queue');
    const queues = propertiesOf<{ RedrivePolicy?: object; VisibilityTimeout?: number }>(
      resources,
      'AWS::SQS::Queue',
    );
    const working = queues.filter(({ RedrivePolicy }) => RedrivePolicy);
    expect(working).toMatchObject([
      {
        VisibilityTimeout: 6 * timeoutSeconds,
        RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: expect.anything() },
      },
    ]);
  });

  it('is kept where nobody waits for the answer', () => {
    for (const { name, trigger } of specs) {
      const [, lambda] =
        Object.entries(resources).find(([id]) =>
          id.startsWith(`Service/${name.replaceAll('-', '')}Function`),
        ) ?? [];
      const alone = trigger.kind === 'bus' || trigger.kind === 'schedule';
      expect([name, lambda?.Properties.DeadLetterConfig !== undefined]).toEqual([name, alone]);
    }
  });
});

describe('what keeps data', () => {
  it('is retained and guarded in staging and production, and not in dev', () => {
    const kept = ['AWS::RDS::DBCluster', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key'];
    for (const [name, settings] of Object.entries(stages)) {
      const all = Object.values(resourcesOf(settings)).filter(({ Type }) => kept.includes(Type));
      const policy = settings.retain ? 'RetainExceptOnCreate' : 'Delete';
      for (const resource of all) {
        expect([name, resource.Type, resource.DeletionPolicy]).toEqual([name, resource.Type, policy]);
      }
      for (const { Type, Properties } of all) {
        if (Type === 'AWS::RDS::DBCluster') expect(Properties.DeletionProtection).toBe(settings.retain);
        if (Type === 'AWS::DynamoDB::Table') {
          expect(Properties.DeletionProtectionEnabled).toBe(settings.retain);
          expect(Properties.TimeToLiveSpecification).toEqual({
            AttributeName: cacheTable.ttlAttribute,
            Enabled: true,
          });
        }
      }
    }
  });

  it('is encrypted with the key of the stage', () => {
    const tables = propertiesOf<{ SSESpecification: object }>(resources, 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(2);
    for (const { SSESpecification } of tables) {
      expect(SSESpecification).toMatchObject({ SSEEnabled: true, KMSMasterKeyId: expect.anything() });
    }
    expect(propertiesOf(resources, 'AWS::RDS::DBCluster')).toMatchObject([{ StorageEncrypted: true }]);
    for (const queue of propertiesOf(resources, 'AWS::SQS::Queue')) {
      expect(queue).toMatchObject({ KmsMasterKeyId: expect.anything() });
    }
    for (const secret of propertiesOf(resources, 'AWS::SecretsManager::Secret')) {
      expect(secret).toMatchObject({ KmsKeyId: expect.anything() });
    }
  });

  it('moves to Glacier, and seals cannot be changed', () => {
    const buckets = propertiesOf(resources, 'AWS::S3::Bucket');
    expect(buckets).toContainEqual(
      expect.objectContaining({
        LifecycleConfiguration: {
          Rules: [
            expect.objectContaining({
              Transitions: [
                { StorageClass: 'GLACIER_IR', TransitionInDays: 30 },
                { StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 180 },
              ],
            }),
          ],
        },
      }),
    );
    expect(buckets).toContainEqual(
      expect.objectContaining({
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 2_555 } },
        },
      }),
    );
  });
});
