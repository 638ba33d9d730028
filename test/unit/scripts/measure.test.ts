import { describe, expect, it } from 'vitest';
import { compared, interleaved, iterationsOf } from '../../../scripts/bench/measure.ts';
import { median, percentile, spreadOf } from '../../../scripts/bench/statistics.ts';

const oneToHundred = Array.from({ length: 100 }, (_, n) => 100 - n);

describe('statistics', () => {
  it('takes percentiles by nearest rank, in whatever order the samples come', () => {
    expect(percentile(oneToHundred, 0.5)).toBe(50);
    expect(percentile(oneToHundred, 0.99)).toBe(99);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('takes the middle of an odd number and the mean of the two middle ones of an even number', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('says how far the samples went to either side', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, lowest: 1, highest: 3 });
  });
});

describe('interleaved', () => {
  it('runs the contenders in turns, warm-up first, with iterations numbered through', async () => {
    const ran: string[] = [];
    const contender = (name: string) => ({ name, run: async (n: number) => void ran.push(`${name}${n}`) });
    const plan = { rounds: 2, iterations: 1, warmUp: 1 };
    const samples = await interleaved([contender('a'), contender('b')], plan);
    expect(ran).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
    expect(iterationsOf(plan)).toBe(3);
    expect(samples.map(({ rounds }) => rounds.map((round) => round.length))).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('hands on the failure of a contender', async () => {
    const broken = { name: 'broken', run: () => Promise.reject(new Error('no rows')) };
    await expect(interleaved([broken], { rounds: 1, iterations: 1, warmUp: 0 })).rejects.toThrow('no rows');
  });
});

describe('compared', () => {
  const samples = [
    { name: 'raw', rounds: [[10], [100]] },
    { name: 'product', rounds: [[12], [150]] },
  ];

  it('divides by the baseline of the same round', () => {
    const [raw, product] = compared(samples, 'raw');
    expect(raw?.ratio.p50).toEqual({ median: 1, lowest: 1, highest: 1 });
    expect(product?.ratio.p50).toEqual({ median: 1.35, lowest: 1.2, highest: 1.5 });
    expect(product?.p50).toEqual({ median: 81, lowest: 12, highest: 150 });
  });

  it('refuses a baseline that was not measured', () => {
    expect(() => compared(samples, 'other')).toThrow('nothing was measured as other');
  });
});
