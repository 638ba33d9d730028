import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../shared/kernel/ids.ts';
import type { ArchivePacks, MemoryArchive } from '../../shared/lifecycle/ports.ts';

export interface ArchiveUnderTest {
  archive: MemoryArchive & ArchivePacks;
  /** Moves an object where it has to be brought back from; absent where there is no such place. */
  freeze?: (key: string) => Promise<void>;
  /** Lets the time pass that bringing back takes; absent where it passes by itself. */
  bringBack?: () => Promise<void>;
  /** Whether a put is refused where there is an object already. */
  conditionalPuts: boolean;
}

/** What every archive of objects must do. */
export function describeMemoryArchive(name: string, make: () => ArchiveUnderTest): void {
  describe(`MemoryArchive: ${name}`, () => {
    let under: ArchiveUnderTest;
    let key: string;
    const bytes = randomBytes(100_000);
    beforeEach(() => {
      under = make();
      key = `archive/${'0'.repeat(64)}/${newId()}`;
    });
    const hex = (read: Uint8Array | string) =>
      typeof read === 'string' ? read : Buffer.from(read).toString('hex');

    it('answers what was put, whole and in ranges, byte for byte', async () => {
      expect(await under.archive.put(key, bytes)).toBe('stored');
      expect(hex(await under.archive.get(key))).toBe(bytes.toString('hex'));
      for (const [offset, length] of [
        [0, 1],
        [17, 4_096],
        [99_999, 1],
      ] as const) {
        const range = await under.archive.read(key, { offset, length });
        expect(hex(range)).toBe(bytes.subarray(offset, offset + length).toString('hex'));
      }
      expect(await under.archive.state(key)).toBe('readable');
    });

    it('answers less than was asked where an object is shorter than it was', async () => {
      await under.archive.put(key, Buffer.from('short'));
      expect(await under.archive.read(key, { offset: 2, length: 9 })).toHaveLength(3);
      expect(await under.archive.read(key, { offset: 50, length: 9 })).toHaveLength(0);
    });

    it('says what is missing, and deletes once and again', async () => {
      const gone = async () => [
        await under.archive.read(key, { offset: 0, length: 1 }),
        await under.archive.get(key),
        await under.archive.state(key),
      ];
      expect(await gone()).toEqual(['missing', 'missing', 'missing']);
      await under.archive.put(key, bytes);
      await under.archive.delete(key);
      await under.archive.delete(key);
      expect(await gone()).toEqual(['missing', 'missing', 'missing']);
    });

    it('replaces no object: of two writers of one key the first wins', async (context) => {
      if (!under.conditionalPuts) return context.skip('it knows no conditional put');
      const other = randomBytes(10);
      const both = await Promise.all([under.archive.put(key, bytes), under.archive.put(key, other)]);
      expect(both.toSorted()).toEqual(['exists', 'stored']);
      const winner = both[0] === 'stored' ? bytes : other;
      expect(hex(await under.archive.get(key))).toBe(winner.toString('hex'));
      expect(await under.archive.put(key, randomBytes(10))).toBe('exists');
      expect(hex(await under.archive.get(key))).toBe(winner.toString('hex'));
    });

    it('brings back what is frozen, asked once or twice', async (context) => {
      const { freeze, bringBack } = under;
      if (!freeze) return context.skip('nothing freezes here');
      await under.archive.put(key, bytes);
      await freeze(key);
      expect(await under.archive.read(key, { offset: 5, length: 5 })).toBe('frozen');
      expect(await under.archive.state(key)).toBe('frozen');
      await under.archive.thaw(key);
      await under.archive.thaw(key);
      expect(await under.archive.state(key)).not.toBe('frozen');
      await bringBack?.();
      await expect.poll(() => under.archive.state(key), { timeout: 20_000 }).toBe('readable');
      expect(hex(await under.archive.read(key, { offset: 5, length: 5 }))).toBe(
        bytes.subarray(5, 10).toString('hex'),
      );
    });
  });
}
