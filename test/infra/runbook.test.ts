import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { propertiesOf, resourcesOf, stages } from './stage.ts';

interface Alarm {
  AlarmName: string;
  AlarmDescription: string;
  AlarmActions?: unknown[];
}

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
/** Sections of the chapter of alarms, by heading. */
const sections = new Map(
  (runbook.split('\n## Alarms\n')[1]?.split('\n## ')[0] ?? '')
    .split('\n### ')
    .slice(1)
    .map((section) => [section.split('\n')[0] ?? '', section]),
);

/** Names of the alarms that call somebody, without the stage, over all stages. */
const alarms = new Map<string, Alarm>();
for (const settings of Object.values(stages)) {
  const resources = resourcesOf(settings);
  for (const alarm of [
    ...propertiesOf<Alarm>(resources, 'AWS::CloudWatch::Alarm'),
    ...propertiesOf<Alarm>(resources, 'AWS::CloudWatch::CompositeAlarm'),
  ]) {
    if (alarm.AlarmActions) alarms.set(alarm.AlarmName.replace(`strata-${settings.stage}-`, ''), alarm);
  }
}

describe('the runbook', () => {
  it('has a section for every alarm, and an alarm for every section', () => {
    expect([...sections.keys()].sort()).toEqual([...alarms.keys()].sort());
  });

  it('says in each what it means, how to look and how to mend', () => {
    for (const [name, section] of sections) {
      for (const part of ['**Means**', '**Look**', '**Mend**']) {
        expect([name, section.includes(part)]).toEqual([name, true]);
      }
    }
  });

  it('is where every alarm leads, with its severity', () => {
    for (const [name, { AlarmDescription }] of alarms) {
      expect(AlarmDescription).toMatch(/^Severity: (critical|warning)\. /);
      expect(AlarmDescription).toContain(`docs/runbook.md#${name}`);
      const severity = /Severity: (\w+)/.exec(AlarmDescription)?.[1] ?? '';
      expect([name, sections.get(name)?.includes(`(${severity})`)]).toEqual([name, true]);
    }
  });
});

describe('the dashboards', () => {
  interface Board {
    DashboardName: string;
    DashboardBody: unknown;
  }
  const boards = propertiesOf<Board>(resourcesOf(stages.prod), 'AWS::CloudWatch::Dashboard');

  it('are one for each question that people come with, and the runbook names them', () => {
    const names = ['api', 'tiers', 'sync', 'queues', 'learning', 'cost'];
    expect(boards.map(({ DashboardName }) => DashboardName)).toEqual(
      names.map((name) => `strata-prod-${name}`),
    );
    const list = runbook.split('\n').find((line) => line.startsWith('- Dashboards')) ?? '';
    for (const name of names) expect(list).toContain(`-${name}\``);
  });

  it('of learning counts the routes of both APIs', () => {
    const body = JSON.stringify(boards.find(({ DashboardName }) => DashboardName.endsWith('learning')));
    for (const path of ['/api/memory/search', '/api/memory/context', '/api/memory/relationships']) {
      expect(body.split(`\\"${path}\\"`).length - 1).toBeGreaterThanOrEqual(2);
    }
    expect(body).toContain('recalled / stored');
  });
});

describe('the objectives', () => {
  const resources = resourcesOf(stages.prod);
  const parts = propertiesOf<
    Alarm & { Threshold: number; Metrics: { Period?: number; Expression?: string }[] }
  >(resources, 'AWS::CloudWatch::Alarm');
  const part = (name: string) => parts.find(({ AlarmName }) => AlarmName === `strata-prod-${name}`);

  it.each([
    ['availability-fast-burn-long', 1.44],
    ['availability-fast-burn-short', 1.44],
    ['availability-slow-burn-long', 0.6],
    ['availability-slow-burn-short', 0.6],
    ['write-latency-fast-burn-long', 14.4],
    ['write-latency-slow-burn-short', 6],
  ])('%s rings above %d percent, and calls nobody by itself', (name, threshold) => {
    expect(part(name)?.Threshold).toBe(threshold);
    expect(part(name)?.AlarmActions).toBeUndefined();
  });

  it('are watched over a long and a short window at once', () => {
    const rules = propertiesOf<{ AlarmRule: unknown }>(resources, 'AWS::CloudWatch::CompositeAlarm');
    expect(rules).toHaveLength(4);
    for (const { AlarmRule } of rules) expect(JSON.stringify(AlarmRule)).toMatch(/ALARM.* AND .*ALARM/);
  });

  it('of writes count the route of the single write', () => {
    const slow = JSON.stringify(part('write-latency-fast-burn-long')?.Metrics);
    expect(slow).toContain('"Value":"/api/memory"');
    expect(slow).toContain(`TC(:${stages.prod.objectives?.writeP99Ms})`);
  });

  it('are not watched where there are none', () => {
    expect(propertiesOf(resourcesOf(stages.emulated), 'AWS::CloudWatch::CompositeAlarm')).toEqual([]);
  });
});
