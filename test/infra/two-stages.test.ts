import { describe, expect, it } from 'vitest';
import { type Resource, resourcesOf, stages } from './stage.ts';

/** Properties that are a name which an account, or a region of it, has once. */
const named =
  /^(Function|LaunchTemplate|DBProxy|Alarm|Dashboard|Bucket|Queue|Topic|Table|Role|LogGroup|Alias)Name$/;

const namesIn = (resources: Record<string, Resource>) =>
  Object.values(resources).flatMap(({ Type, Properties = {} }) => [
    ...Object.entries(Properties)
      .filter(([property]) => named.test(property))
      .map(([property, name]) => ({ property, name })),
    ...(Type === 'AWS::Events::EventBus' ? [{ property: 'EventBusName', name: Properties.Name }] : []),
    // the function that rotates a secret is an application of its own, which is told its name
    ...(Type === 'AWS::Serverless::Application'
      ? [{ property: 'FunctionName', name: (Properties.Parameters as { functionName: string }).functionName }]
      : []),
  ]);

const written = (resources: Record<string, Resource>) =>
  namesIn(resources)
    .filter(({ name }) => typeof name === 'string')
    .map(({ property, name }) => `${property}: ${name}`);

describe('two stages in one account', () => {
  const proxied = { ...stages.dev.database, proxy: true } as typeof stages.dev.database;
  const one = written(resourcesOf({ ...stages.dev, stage: 'one', database: proxied }));
  const other = new Set(written(resourcesOf({ ...stages.dev, stage: 'other', database: proxied })));

  it('name functions, machines, proxies, alarms, dashboards and buses', () => {
    const kinds = one.map((name) => name.split(':')[0]);
    for (const kind of ['FunctionName', 'LaunchTemplateName', 'DBProxyName', 'AlarmName', 'DashboardName']) {
      expect(kinds).toContain(kind);
    }
    expect(kinds).toContain('EventBusName');
  });

  it('have no name in common', () => {
    expect(one.filter((name) => other.has(name))).toEqual([]);
  });
});
