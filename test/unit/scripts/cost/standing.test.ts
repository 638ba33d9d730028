import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../../infra/stages/index.ts';
import { inventoryOf, specNamed } from '../../../../scripts/cost/inventory.ts';
import { byItem } from '../../../../scripts/cost/lines.ts';
import { standingLines } from '../../../../scripts/cost/standing.ts';

const prod = settingsOf('prod');
const dev = settingsOf('dev');
const empty = inventoryOf([], []);

describe('what a stage costs while nobody calls', () => {
  const resources = [
    { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] } },
    { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Gateway' } },
    { Type: 'AWS::EC2::NatGateway' },
    { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'one' } },
    {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { Metrics: [{ Expression: 'a / b' }, { MetricStat: {} }, { MetricStat: {} }] },
    },
    { Type: 'AWS::CloudWatch::CompositeAlarm' },
    { Type: 'AWS::KMS::Key' },
    { Type: 'AWS::EC2::Volume', Properties: { Size: 20 } },
    { Type: 'AWS::EC2::Instance', Properties: { BlockDeviceMappings: [{ Ebs: { VolumeSize: 16 } }] } },
    { Type: 'AWS::EC2::FlowLog' },
    { Type: 'AWS::RDS::DBCluster', Properties: { EnableCloudwatchLogsExports: ['postgresql'] } },
  ];

  it('is counted from the templates and the specs', () => {
    const specs = ['relay-outbox', 'tier-to-archive', 'project-graph'].map(specNamed);
    expect(inventoryOf(resources, specs)).toEqual({
      ...empty,
      endpointZones: 2,
      natGateways: 1,
      alarmMetrics: 3,
      compositeAlarms: 1,
      keys: 1,
      machines: 1,
      volumeGb: 36,
      // every minute with half a gigabyte, and every hour with a whole one
      scheduledPerHour: { calls: 61, gb: 31 },
      functions: 3,
      queuesPolled: 1,
      quietLogs: 2,
    });
  });

  it('is that of two instances, a proxy of eight units, and a graph of a gigabyte', () => {
    const sums = byItem(standingLines(prod, empty, { acu: 2, graphBytes: 0 }));
    // 2 units × 2 instances × 730 hours × 0.12; 8 units × 730 × 0.015
    expect(sums.get('Aurora capacity')).toBeCloseTo(350.4);
    expect(sums.get('RDS Proxy')).toBeCloseTo(87.6);
    expect(sums.get('Neo4j')).toBe(65);
  });

  it('is that of a machine where the graph is self-hosted', () => {
    const has = { ...empty, machines: 1, volumeGb: 36, hostedZones: 1 };
    const sums = byItem(standingLines(dev, has, { acu: 0.5, graphBytes: 0 }));
    // 730 × 0.0336, seven metrics, 36 × 0.08, a zone, and 120 queries an hour
    expect(sums.get('Neo4j')).toBeCloseTo(24.528 + 2.1 + 2.88 + 0.5 + 0.035);
    expect(sums.has('RDS Proxy')).toBe(false);
  });

  it('counts alarms over alarms, requests for keys, and runs that are all traced', () => {
    const has = { ...empty, compositeAlarms: 4, functions: 10, scheduledPerHour: { calls: 60, gb: 30 } };
    const sums = byItem(standingLines(prod, has, { acu: 0, graphBytes: 0 }));
    expect(sums.get('alarms')).toBe(2);
    // a secret of the graph's that is given, 120 requests for keys and 20 for secrets an hour
    expect(sums.get('keys and secrets')).toBeCloseTo(0.4 + 730 * (120 * 3e-6 + 20 * 5e-6));
    // the call, the run with its time and its log, and a trace
    const run = 60 * (1e-6 + 0.2e-6 + 5e-6) + 30 * 0.2 * 13.3334e-6;
    expect(sums.get('schedules')).toBeCloseTo(730 * run);
  });

  it('grows with the graph in whole gigabytes of memory', () => {
    // 5 GB on disk want 2.5 GB of memory
    expect(byItem(standingLines(prod, empty, { acu: 0, graphBytes: 5e9 })).get('Neo4j')).toBe(195);
  });

  it('refuses a machine that has no price', () => {
    const graph = { kind: 'self-hosted' as const, instanceType: 'x2gd.metal', volumeGb: 8 };
    expect(() => standingLines({ ...dev, graph }, empty, { acu: 0, graphBytes: 0 })).toThrow('x2gd.metal');
  });
});
