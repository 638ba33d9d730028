import { describe, expect, it } from 'vitest';
import { deployedUnder } from '../../infra/service-app.ts';
import { parseSettings } from '../../infra/settings.ts';
import { type Charge, charges } from '../../scripts/cost/charges.ts';
import { inventoryOf } from '../../scripts/cost/inventory.ts';
import { byItem } from '../../scripts/cost/lines.ts';
import { monthlyLines } from '../../scripts/cost/monthly.ts';
import { parseWorkload } from '../../scripts/cost/workload.ts';
import { propertiesOf, resourcesOf, stages } from './stage.ts';

/** Something of everything, and half of it old. */
const workload = parseWorkload(
  '--tenants 10 --memories 9e7 --writes-per-day 5e5 --messages-per-day 1000 --connections 20'.split(' '),
);
const typesOf = (given: (typeof stages)[keyof typeof stages]) =>
  new Set(Object.values(resourcesOf(given)).map(({ Type }) => Type));
const itemsOf = (charge: Charge | undefined) => (charge && 'items' in charge ? charge.items : []);

describe.each(Object.entries(stages))('the bill of the stage %s', (_, given) => {
  const settings = parseSettings(given);

  it('knows every type of resource that the templates have', () => {
    const unknown = [...typesOf(given)].filter((type) => !(type in charges));
    expect(unknown).toEqual([]);
  });

  it('has each item that they are charged by', () => {
    const inventory = inventoryOf(Object.values(resourcesOf(given)), deployedUnder(settings));
    const sums = byItem(monthlyLines({ settings, inventory }, workload));
    const missing = [...typesOf(given)].flatMap((type) =>
      itemsOf(charges[type])
        .filter((item) => !((sums.get(item) ?? 0) > 0))
        .map((item) => `${type}: ${item}`),
    );
    expect(missing).toEqual([]);
  });

  it('takes for granted that the lifecycle of the archive leaves small objects alone', () => {
    const lifecycles = propertiesOf<{ LifecycleConfiguration?: Record<string, unknown> }>(
      resourcesOf(given),
      'AWS::S3::Bucket',
    ).flatMap(({ LifecycleConfiguration }) => LifecycleConfiguration ?? []);
    expect(lifecycles.length).toBeGreaterThan(0);
    for (const lifecycle of lifecycles) {
      expect(lifecycle).not.toHaveProperty('TransitionDefaultMinimumObjectSize');
      expect(JSON.stringify(lifecycle)).not.toContain('ObjectSize');
    }
  });
});

it('lists no type of resource that no template has', () => {
  const all = new Set(Object.values(stages).flatMap((given) => [...typesOf(given)]));
  expect(Object.keys(charges).filter((type) => !all.has(type))).toEqual([]);
});
