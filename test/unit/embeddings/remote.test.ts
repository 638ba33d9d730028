import { describe, expect, it } from 'vitest';
import { usableVector } from '../../../shared/adapters/embeddings/vectors.ts';
import { refusedByProvider, retryAfterSeconds } from '../../../shared/adapters/remote/provider-error.ts';
import { remoteCalls } from '../../../shared/adapters/remote/remote-calls.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { loadOnce } from '../../../shared/kernel/load-once.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';

describe('retryAfterSeconds', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['3', 3],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads %j', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});

describe('refusedByProvider', () => {
  it.each([
    [400, false],
    [401, false],
    [404, false],
    [408, true],
    [429, true],
    [500, true],
    [529, true],
  ])('calls %i retryable: %s', (status, retryable) => {
    expect(refusedByProvider('embedding_unavailable', status).retryable).toBe(retryable);
  });
});

describe('usableVector', () => {
  it.each([[[1, 2, 3]], [[1, Number.NaN]], [[1, Number.POSITIVE_INFINITY]], [[0, 0]], [[]]])(
    'refuses %j',
    (vector) => {
      expect(() => usableVector(vector, 2)).toThrow(AppError);
    },
  );
  it('lets a vector through as it is', () => {
    expect(usableVector([0, -2], 2)).toEqual([0, -2]);
  });
});

describe('remoteCalls', () => {
  const options = { logger: silentLogger, firstDelayMs: 1, maxDelayMs: 2, concurrency: 2 };

  it('keeps to its concurrency and to the order of the items', async () => {
    let running = 0;
    let most = 0;
    const answers = await remoteCalls('embedding_unavailable', options).all([5, 1, 3, 2, 4], async (item) => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, item));
      running--;
      return item * 10;
    });
    expect(answers).toEqual([50, 10, 30, 20, 40]);
    expect(most).toBe(2);
  });

  it('starts nothing more once an item failed for good', async () => {
    let started = 0;
    const call = remoteCalls('embedding_unavailable', options).all(Array(50).fill(0), async () => {
      started++;
      throw new AppError('embedding_unavailable', 'refused');
    });
    await expect(call).rejects.toThrow('refused');
    await new Promise((done) => setTimeout(done, 5));
    expect(started).toBeLessThan(10);
  });

  it('lets a defect through untranslated and unrepeated', async () => {
    let tries = 0;
    const call = remoteCalls('embedding_unavailable', options).all([1], async () => {
      tries++;
      throw new TypeError('a bug');
    });
    await expect(call).rejects.toThrow(TypeError);
    expect(tries).toBe(1);
  });
});

describe('loadOnce', () => {
  it('shares the work, and forgets a failure', async () => {
    let loads = 0;
    const load = loadOnce(async () => {
      if (++loads === 1) throw new Error('not yet');
      return loads;
    });
    const first = await Promise.allSettled([load(), load()]);
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await Promise.all([load(), load(), load()])).toEqual([2, 2, 2]);
  });
});
