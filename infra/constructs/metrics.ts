import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Operation } from '../../shared/contracts/operation.ts';
import type { OperationsApi } from './operations-api.ts';
import { metricNamespace } from './service-function.ts';

/** Number of letters that CloudWatch wants before the digits of an id. */
const ids = (prefix: string, metrics: readonly Metric[]) =>
  Object.fromEntries(metrics.map((metric, index) => [`${prefix}${index}`, metric]));

/**
 * What the functions count, by the names that `shared/runtime/observability` gives it. Without a label, which would
 * make an expression of it in an alarm.
 */
export const counted = (
  stage: string,
  functionName: string,
  metricName: string,
  period = Duration.minutes(1),
) =>
  new Metric({
    namespace: metricNamespace(stage),
    metricName,
    dimensionsMap: { service: 'strata', function: functionName },
    statistic: Stats.MAXIMUM,
    period,
  });

/** The sum of what several functions count; where none counts it, zero. */
export function countedByAll(
  stage: string,
  functionNames: readonly string[],
  metricName: string,
  period = Duration.minutes(1),
): MathExpression {
  const each = ids(
    // two of these may stand in one graph
    `${metricName}_`,
    functionNames.map((name) => counted(stage, name, metricName, period).with({ statistic: Stats.SUM })),
  );
  return new MathExpression({
    label: metricName,
    expression: Object.keys(each)
      .map((id) => `FILL(${id}, 0)`)
      .join(' + '),
    usingMetrics: each,
    period,
  });
}

/** Percent of the requests to all of these APIs that the service failed to answer. */
export function failedPercent(apis: readonly OperationsApi[], period: Duration): MathExpression {
  const errors = ids(
    'e',
    apis.map(({ api }) => api.metricServerError({ period, statistic: Stats.SUM })),
  );
  const all = ids(
    'n',
    apis.map(({ api }) => api.metricCount({ period, statistic: Stats.SUM })),
  );
  const sum = (of: object) =>
    Object.keys(of)
      .map((id) => `FILL(${id}, 0)`)
      .join(' + ');
  return new MathExpression({
    label: 'failed requests, percent',
    expression: `100 * (${sum(errors)}) / (${sum(all)})`,
    usingMetrics: { ...errors, ...all },
    period,
  });
}

/** One measure of an operation, from the detailed metrics of its API. */
export const ofRoute = (
  { api, stage }: OperationsApi,
  { method, path }: Operation,
  props: { statistic: string; period: Duration; label?: string },
) =>
  new Metric({
    namespace: 'AWS/ApiGateway',
    metricName: 'Latency',
    dimensionsMap: { ApiId: api.apiId, Stage: stage.stageName, Method: method, Resource: path },
    ...props,
  });

/** Percent of the calls of an operation that took longer than this. */
export const slowPercent = (api: OperationsApi, operation: Operation, withinMs: number, period: Duration) =>
  new MathExpression({
    label: `slower than ${withinMs} ms, percent`,
    expression: '100 * (n - quick) / n',
    usingMetrics: {
      n: ofRoute(api, operation, { statistic: Stats.SAMPLE_COUNT, period }),
      quick: ofRoute(api, operation, { statistic: `TC(:${withinMs})`, period }),
    },
    period,
  });

/** A measure of the cluster of Postgres. */
export const ofCluster = (
  clusterId: string,
  metricName: string,
  props: { statistic: string; period: Duration },
) =>
  new Metric({
    namespace: 'AWS/RDS',
    metricName,
    dimensionsMap: { DBClusterIdentifier: clusterId },
    ...props,
  });
