import { describe, expect, it } from 'vitest';
import { bills, dollars } from '../../../../scripts/cost/bills.ts';
import { byItem, line, times, totalOf } from '../../../../scripts/cost/lines.ts';
import { priceTable } from '../../../../scripts/cost/price-table.ts';
import { prices } from '../../../../scripts/cost/prices.ts';

const lines = [
  line('keys', 2, 'keyMonth'),
  line('boards', 1, 'dashboardMonth'),
  line('keys', 5, 'secretMonth'),
];

describe('lines', () => {
  it('are summed by item', () => {
    expect([...byItem(lines)]).toEqual([
      ['keys', 4],
      ['boards', 3],
    ]);
    expect(totalOf(times(3, lines))).toBeCloseTo(21);
  });

  it('make bills, without items that are on none of them', () => {
    const printed = bills('US$', { one: lines, other: [line('traces', 0, 'trace')] });
    expect(printed).toMatch(/^boards +3\.00 +0\.00$/m);
    expect(printed).toMatch(/^total +7\.00 +0\.00$/m);
    expect(printed).not.toContain('traces');
  });

  it('show what is less than a cent', () => {
    expect([dollars(1_234.5), dollars(0.001), dollars(-0.001), dollars(0)]).toEqual([
      '1,234.50',
      '0.0010',
      '-0.0010',
      '0.00',
    ]);
  });
});

describe('prices', () => {
  it('are printed with where each was read, and when', () => {
    const printed = priceTable();
    for (const [name, { source }] of Object.entries(prices)) {
      expect(printed).toMatch(new RegExp(`^${name} .*; read ${source.readOn}\\)$`, 'm'));
    }
    expect(printed).toMatch(/^socketMinute +0\.25 a million /m);
    expect(printed).toMatch(/^auraGbMonth +65 /m);
    expect(printed).toContain('https://sst.dev/docs/component/aws/aurora');
  });
});
