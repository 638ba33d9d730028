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
  readonly dashboards: number;
  readonly keys: number;
  readonly secrets: number;
  readonly machines: number;
  readonly volumeGb: number;
  readonly routes: number;
  readonly scheduledCallsPerHour: number;
  readonly functions: number;
  readonly queuesPolled: number;
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
  const schedules = specs.flatMap(({ trigger }) =>
    trigger.kind === 'schedule' ? [trigger.everyMinutes] : [],
  );
  return {
    endpointZones: sum(
      of('AWS::EC2::VPCEndpoint')
        .filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface')
        .map(({ SubnetIds }) => listOf(SubnetIds).length),
    ),
    natGateways: of('AWS::EC2::NatGateway').length,
    alarmMetrics: sum(of('AWS::CloudWatch::Alarm').map(({ Metrics }) => metricsIn(listOf(Metrics)))),
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    keys: of('AWS::KMS::Key').length,
    secrets: of('AWS::SecretsManager::Secret').length,
    machines: of('AWS::EC2::Instance').length,
    volumeGb: sum(of('AWS::EC2::Volume').map(({ Size }) => Number(Size))),
    routes: of('AWS::ApiGatewayV2::Route').length,
    scheduledCallsPerHour: sum(schedules.map((minutes) => 60 / minutes)),
    functions: specs.length,
    queuesPolled: specs.filter(({ trigger }) => trigger.kind === 'queue').length,
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

/** An alarm over an expression is billed for every metric that the expression reads. */
const metricsIn = (metrics: unknown[]) =>
  Math.max(
    1,
    metrics.filter((each) => typeof each === 'object' && each !== null && 'MetricStat' in each).length,
  );
