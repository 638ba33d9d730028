import { describe, expect, it } from 'vitest';
import { archivePolicyProvider } from '../../../shared/adapters/archive-policy/provider.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import { settableClock } from '../../support/settable-clock.ts';

const ambient = { clock: settableClock('2026-03-01T12:00:00.000Z'), logger: silentLogger };
const policyOf = (env: Record<string, string>) =>
  archivePolicyProvider.build(archivePolicyProvider.config.parse(env), ambient);

describe('the policy of the archive', () => {
  it('lets nothing wait and compacts at any age where objects cost nothing', () => {
    expect(policyOf({})).toMatchObject({
      minPackMemories: 1,
      compactAges: [{ fromDays: 0, toDays: Number.POSITIVE_INFINITY }],
    });
  });

  it.each([
    [
      '30',
      '180',
      [
        [0, 30],
        [120, 180],
      ],
    ],
    ['30', '120', [[0, 30]]],
  ])(
    'compacts nothing that is charged for as if it stayed (from %s days), or frozen (from %s)',
    (instant, deep, ages) => {
      const { compactAges } = policyOf({
        ARCHIVE_INSTANT_RETRIEVAL_AFTER_DAYS: instant,
        ARCHIVE_DEEP_ARCHIVE_AFTER_DAYS: deep,
      });
      expect(compactAges).toEqual(ages.map(([fromDays, toDays]) => ({ fromDays, toDays })));
    },
  );
});
