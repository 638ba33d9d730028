import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../../infra/stages/index.ts';
import {
  archivedLines,
  archiveLines,
  coldLines,
  coldReadLines,
  deletedLines,
} from '../../../../scripts/cost/archive-lines.ts';
import { archiveText } from '../../../../scripts/cost/archive-report.ts';
import { archivingOf, packedMemories } from '../../../../scripts/cost/archiving.ts';
import { inventoryOf } from '../../../../scripts/cost/inventory.ts';
import { byItem, totalOf } from '../../../../scripts/cost/lines.ts';
import { withoutArchive } from '../../../../scripts/cost/monthly.ts';
import { memoryBytes } from '../../../../scripts/cost/row-bytes.ts';
import { parseWorkload } from '../../../../scripts/cost/workload.ts';
import { archiveBounds } from '../../../../shared/contracts/lifecycle/archive-bounds.ts';

const prod = settingsOf('prod');
const inventory = inventoryOf([], []);
const workloadOf = (tenants: number, memories: number, writes: number, ...more: string[]) =>
  parseWorkload(
    `--tenants ${tenants} --memories ${memories} --writes-per-day ${writes}`.split(' ').concat(more),
  );
/** Ten tenants, of which each writes a thousand an hour; 400 days old. */
const large = workloadOf(10, 96_000_000, 240_000, '--content', 'long');

describe('an object of the archive', () => {
  const waiting = { minPackMemories: 500, waitDays: 30 };

  it('waits until there are enough, where a tenant has so many before the first has waited for long', () => {
    expect(packedMemories(1, 24, waiting)).toBe(500);
    expect(packedMemories(1_000, 24, waiting)).toBe(1_000);
    expect(packedMemories(10_000, 24, waiting)).toBe(archiveBounds.packMemories);
  });

  it('holds what came meanwhile, where a tenant writes little', () => {
    expect(packedMemories(0.1, 24, waiting)).toBeCloseTo(72);
    expect(packedMemories(0.0001, 24, waiting)).toBe(1);
  });

  it('holds what is due between two runs where nobody waits', () => {
    expect(packedMemories(20, 24, { minPackMemories: 1, waitDays: 30 })).toBe(20);
    expect(packedMemories(20, 24, { minPackMemories: 500, waitDays: 0 })).toBe(20);
  });

  it('follows the tenants, the writes and the text', () => {
    // 800 of each tenant an hour
    expect(archivingOf(large, prod).pack.memories).toBeCloseTo(800);
    expect(archivingOf(large, prod).pack.bytes).toBeCloseTo(800 * memoryBytes('long').archived);
    expect(archivingOf(workloadOf(10, 96_000_000, 240), prod).pack.memories).toBe(500);
    expect(archivingOf(workloadOf(1_000, 96_000_000, 240), prod).pack.memories).toBeCloseTo(5.76);
  });
});

describe('the archive', () => {
  it('is empty while no memory is old enough', () => {
    const young = archivingOf(workloadOf(10, 1_000_000, 20_000), prod);
    expect(young).toMatchObject({ coldMemories: 0, archivedPerDay: 0 });
    expect(archiveLines(prod, young, 1).every(({ quantity }) => quantity === 0)).toBe(true);
  });

  it('holds what is older than ninety days and was not needed since, by its age', () => {
    const { coldMemories, shares, archivedPerDay, movedPerDay } = archivingOf(large, prod);
    // 310 of 400 days, four fifths of them; after 30 days in Instant Retrieval, after 180 in Deep Archive
    expect(coldMemories).toBeCloseTo(96_000_000 * (310 / 400) * 0.8);
    expect(shares.standard).toBeCloseTo(30 / 310);
    expect(shares.instantRetrieval).toBeCloseTo(150 / 310);
    expect(shares.deepArchive).toBeCloseTo(130 / 310);
    expect(archivedPerDay).toBeCloseTo(192_000);
    expect(movedPerDay.deepArchive).toBeCloseTo(240);
  });

  it('leaves objects of less than 128 KB in S3 Standard', () => {
    const { shares, movedPerDay, coldMemories } = archivingOf(workloadOf(10_000, 9_600_000, 24_000), prod);
    expect(coldMemories).toBeGreaterThan(0);
    expect(shares).toEqual({ standard: 1, instantRetrieval: 0, deepArchive: 0 });
    expect(movedPerDay).toEqual({ instantRetrieval: 0, deepArchive: 0 });
  });

  it('falls behind where a run cannot write all the objects', () => {
    const many = archivingOf(workloadOf(20_000_000, 4e9, 10_000_000), prod);
    expect(many.duePerRun).toBeCloseTo(333_333, 0);
    expect(many.manageablePerRun).toBeLessThan(100_000);
    expect(many.archivedPerDay).toBeCloseTo(many.manageablePerRun * 24);
    expect(many.coldMemories / 4e9).toBeLessThan(0.2);
  });

  it('holds everything that is no longer written to', () => {
    expect(archivingOf(workloadOf(10, 1_000_000, 0, '--content', 'long'), prod)).toMatchObject({
      coldMemories: 800_000,
      shares: { deepArchive: 1 },
      archivedPerDay: 0,
    });
  });

  it('has nothing in a stage without it', () => {
    const { settings } = withoutArchive({ settings: prod, inventory });
    expect(archivingOf(large, settings).coldMemories).toBe(0);
    expect(archivingOf(workloadOf(1, 1, 0), settings).coldMemories).toBe(0);
  });
});

describe('what the archive costs', () => {
  const pack = { memories: 100, bytes: 1_000_000 };
  const small = { memories: 1, bytes: 500 };

  it('is the bytes at the price of the class, and what is billed without being there', () => {
    expect(totalOf(coldLines(pack, 'standard'))).toBeCloseTo((0.001 * 0.023) / 100, 12);
    expect(totalOf(coldLines(pack, 'instantRetrieval'))).toBeCloseTo((0.001 * 0.004) / 100, 12);
    // 128 KB at least
    expect(totalOf(coldLines(small, 'instantRetrieval'))).toBeCloseTo((131_072 / 1e9) * 0.004, 12);
    // 8 KB at the price of S3 Standard and 32 KB more
    expect(totalOf(coldLines(small, 'deepArchive'))).toBeCloseTo(
      (8_192 / 1e9) * 0.023 + (33_268 / 1e9) * 0.00099,
      12,
    );
  });

  it('is for ninety and for a hundred and eighty days at least', () => {
    const months = (storage: 'standard' | 'instantRetrieval' | 'deepArchive') =>
      totalOf(deletedLines(pack, storage)) / totalOf(coldLines(pack, storage));
    expect(months('standard')).toBe(0);
    expect(months('instantRetrieval')).toBeCloseTo((90 * 24) / 730);
    expect(months('deepArchive')).toBeCloseTo((180 * 24) / 730);
  });

  it('is two requests for each object that is written', () => {
    const requests = byItem(archivedLines(prod, pack, 0)).get('archive requests');
    expect(requests).toBeCloseTo((0.000005 + 0.0000004) / 100, 12);
  });

  it('is a whole object for a memory that Glacier brings back, and the asking until it is there', () => {
    expect(totalOf(coldReadLines.standard(pack))).toBeCloseTo(0.0000004, 12);
    expect(totalOf(coldReadLines.instantRetrieval(pack))).toBeCloseTo(0.00001 + 0.00001 * 0.03, 12);
    // a restore, a megabyte, a week of it in S3 Standard, and twice every five minutes for twelve hours
    expect(totalOf(coldReadLines.deepArchive(pack))).toBeCloseTo(
      0.0001 + 0.001 * 0.02 + (0.001 * 0.023 * 7 * 24) / 730 + 289 * 0.0000004,
      9,
    );
  });

  it('is a transition for each object that grows colder', () => {
    const archiving = archivingOf(large, prod);
    const asIfNone = { ...archiving, movedPerDay: { instantRetrieval: 0, deepArchive: 0 } };
    const requests = (of: typeof archiving) => byItem(archiveLines(prod, of, 0)).get('archive requests') ?? 0;
    expect(requests(archiving) - requests(asIfNone)).toBeCloseTo(240 * (730 / 24) * 0.00007, 6);
  });
});

describe('whether the archive is worth it', () => {
  const stage = { settings: prod, inventory };

  it('is told: it is where memory is what the database is paid for', () => {
    // 27 million long memories want 30 units for themselves
    expect(archiveText(stage, workloadOf(5, 27_000_000, 20_000, '--content', 'long'))).toMatch(
      /the archive saves US\$ \d/,
    );
  });

  it('is told: it is not where small objects are written for many tenants', () => {
    expect(archiveText(stage, workloadOf(2_000, 1_000_000, 5_000))).toMatch(
      /leaves it in S3 Standard.* costs US\$ \d\S* more than it saves/,
    );
  });

  it('is told: not yet', () => {
    expect(archiveText(stage, workloadOf(10, 1_000_000, 20_000))).toContain('No memory is old enough yet');
  });
});
