import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { functionSpecs } from '../../functions/index.ts';
import type { Assets } from '../../infra/assets.ts';
import { addStage, deployedUnder, newApp } from '../../infra/service-app.ts';
import type { Settings } from '../../infra/settings.ts';
import type { FunctionSpec } from '../../shared/contracts/function-spec.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}

/** What of a stage is billed for being there. */
export interface Inventory {
  /** Interface endpoints times the zones that each is in. */
  readonly endpointZones: number;
  readonly natGateways: number;
  readonly alarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  readonly keys: number;
  readonly secrets: number;
  readonly machines: number;
  /** Those of their systems among them. */
  readonly volumeGb: number;
  readonly hostedZones: number;
  readonly routes: number;
  /** Runs of schedules, and what memory they take together. */
  readonly scheduledPerHour: { readonly calls: number; readonly gb: number };
  readonly functions: number;
  readonly queuesPolled: number;
  /** Logs that fill by themselves: of the network, and of the database. */
  readonly quietLogs: number;
}

/** Builds the stacks of a stage in memory. Prices depend on no code, so that none has to be bundled. */
export async function resourcesOf(settings: Settings): Promise<Resource[]> {
  const assets: Assets = { codeOf: () => Code.fromInline('//'), revisionOf: () => 'none' };
  const outdir = await mkdtemp(join(tmpdir(), 'strata-cost-'));
  try {
    const app = newApp({ outdir });
    addStage(app, { settings, assets });
    return app.synth().stacks.flatMap(({ template }) => Object.values<Resource>(template.Resources));
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

export function inventoryOf(resources: readonly Resource[], specs: readonly FunctionSpec[]): Inventory {
  const of = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties ?? {});
  const schedules = specs.flatMap(({ trigger, memoryMb }) =>
    trigger.kind === 'schedule' ? [{ calls: 60 / trigger.everyMinutes, gb: memoryMb / 1_024 }] : [],
  );
  return {
    endpointZones: sum(
      of('AWS::EC2::VPCEndpoint')
        .filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface')
        .map(({ SubnetIds }) => listOf(SubnetIds).length),
    ),
    natGateways: of('AWS::EC2::NatGateway').length,
    alarmMetrics: sum(of('AWS::CloudWatch::Alarm').map(({ Metrics }) => metricsIn(listOf(Metrics)))),
    compositeAlarms: of('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    keys: of('AWS::KMS::Key').length,
    secrets: of('AWS::SecretsManager::Secret').length,
    machines: of('AWS::EC2::Instance').length,
    volumeGb: sum([
      ...of('AWS::EC2::Volume').map(({ Size }) => Number(Size)),
      ...of('AWS::EC2::Instance').flatMap(({ BlockDeviceMappings }) => disksIn(BlockDeviceMappings)),
    ]),
    hostedZones: of('AWS::Route53::HostedZone').length,
    routes: of('AWS::ApiGatewayV2::Route').length,
    scheduledPerHour: {
      calls: sum(schedules.map(({ calls }) => calls)),
      gb: sum(schedules.map(({ calls, gb }) => calls * gb)),
    },
    functions: specs.length,
    queuesPolled: specs.filter(({ trigger }) => trigger.kind === 'queue').length,
    quietLogs:
      of('AWS::EC2::FlowLog').length +
      sum(of('AWS::RDS::DBCluster').map(({ EnableCloudwatchLogsExports: logs }) => listOf(logs).length)),
  };
}

export const inventoryOfStage = async (settings: Settings): Promise<Inventory> =>
  inventoryOf(await resourcesOf(settings), deployedUnder(settings));

/** The function that serves this trigger. @throws Error where the service has none */
export function specNamed(name: string): FunctionSpec {
  const found = functionSpecs.find((spec) => spec.name === name);
  if (!found) throw new Error(`There is no function ${name}.`);
  return found;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Gigabytes of the disks that a machine brings along. */
const disksIn = (mappings: unknown): number[] =>
  listOf(mappings).map((mapping) => Number((mapping as { Ebs: { VolumeSize: number } }).Ebs.VolumeSize));

/** An alarm over an expression is billed for every metric that the expression reads. */
const metricsIn = (metrics: unknown[]) =>
  Math.max(
    1,
    metrics.filter((each) => typeof each === 'object' && each !== null && 'MetricStat' in each).length,
  );
