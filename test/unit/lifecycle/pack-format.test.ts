import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArchivedEntry } from '../../../shared/contracts/lifecycle/archived-entry.ts';
import { fromHalves, toHalves } from '../../../shared/kernel/halves.ts';
import { excerptOf } from '../../../shared/lifecycle/excerpt-of.ts';
import { objectKey } from '../../../shared/lifecycle/object-key.ts';
import { decodeEntry, encodeEntry } from '../../../shared/lifecycle/pack-format.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const entries: fc.Arbitrary<ArchivedEntry> = fc.record({
  format: fc.constant(1 as const),
  tenantId: fc.string({ minLength: 1 }),
  memoryId: fc.uuid(),
  version: fc.integer({ min: 1 }),
  versions: fc.array(
    fc.record({
      version: fc.integer({ min: 1 }),
      operation: fc.constantFrom(
        'created' as const,
        'updated' as const,
        'related' as const,
        'deleted' as const,
      ),
      changedAt: fc.constant('2026-01-01T00:00:00.000Z'),
      changedBy: text,
      state: fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        fc.oneof(text, fc.boolean(), fc.integer()),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});
const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');

describe('an entry of a pack', () => {
  it('opens to what was sealed, every bit of the vector included', () => {
    fc.assert(
      fc.property(
        entries,
        fc.option(fc.uint8Array({ minLength: 1, maxLength: 200 }), { nil: undefined }),
        (bare, half) => {
          const vector = half && Buffer.concat([half, half]);
          const entry = { ...bare, ...(vector && { vector: { dimension: half.length } }) };
          const { bytes, dataKey } = encodeEntry({ entry, ...(vector && { vector }) });
          const opened = decodeEntry(bytes, dataKey, entry);
          expect(opened.entry).toEqual(entry);
          expect(hex(opened.vector)).toBe(hex(vector));
        },
      ),
    );
  });

  const entry: ArchivedEntry = {
    format: 1,
    tenantId: 'acme',
    memoryId: '019f0000-0000-7000-8000-000000000000',
    version: 3,
    versions: [
      {
        version: 3,
        operation: 'created',
        changedAt: 'then',
        changedBy: 'me',
        state: { content: 'secret words' },
      },
    ],
  };
  const corrupted = expect.objectContaining({ code: 'archive_corrupted' });

  it('opens for nobody when a single bit is another', () => {
    const { bytes, dataKey } = encodeEntry({ entry });
    fc.assert(
      fc.property(fc.nat({ max: 8 * bytes.length - 1 }), (bit) => {
        const damaged = Uint8Array.from(bytes);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => decodeEntry(damaged, dataKey, entry)).toThrow(corrupted);
      }),
    );
    for (const length of [0, 11, 27, bytes.length - 1]) {
      expect(() => decodeEntry(bytes.subarray(0, length), dataKey, entry)).toThrow(corrupted);
    }
  });

  it('opens with its own key, for its own memory at its own version alone', () => {
    const { bytes, dataKey } = encodeEntry({ entry });
    const another = encodeEntry({ entry });
    expect(() => decodeEntry(bytes, another.dataKey, entry)).toThrow(corrupted);
    for (const other of [{ tenantId: 'acme ' }, { memoryId: 'other' }, { version: 4 }]) {
      expect(() => decodeEntry(bytes, dataKey, { ...entry, ...other })).toThrow(corrupted);
    }
    expect(Buffer.from(bytes).includes('secret')).toBe(false);
  });

  it('of a format that is not known is refused, not guessed', () => {
    const later = { ...entry, format: 2 } as unknown as ArchivedEntry;
    const { bytes, dataKey } = encodeEntry({ entry: later });
    expect(() => decodeEntry(bytes, dataKey, later)).toThrow(corrupted);
  });
});

describe('halves', () => {
  it('are numbers exactly, there and back, all of them', () => {
    const all = Uint8Array.from({ length: 2 * 0x7c00 }, (_, index) =>
      index % 2 ? (index >> 1) & 255 : index >> 9,
    );
    expect(hex(toHalves(fromHalves(all)))).toBe(hex(all));
    expect(hex(toHalves([1, -2, 0.1]))).toBe('3c00c0002e66');
    const shifted = Buffer.concat([Buffer.from('x'), toHalves([1, 2])]).subarray(1);
    expect(fromHalves(shifted)).toEqual([1, 2]);
  });
});

describe('the name of an object', () => {
  it('keeps tenants apart that look alike', () => {
    const tenants = ['1', '10', 'a:b', 'a', 'b', 'a ', 'A', 'é', 'e\u0301', '%', '_', 'a/b', '../a'];
    const keys = tenants.map((tenant) => objectKey(tenant, 'pack'));
    expect(new Set(keys).size).toBe(tenants.length);
    for (const key of keys) expect(key).toMatch(/^archive\/[0-9a-f]{64}\/pack$/);
  });
});

describe('an excerpt', () => {
  it('leaves what is short as it is, and cuts a text between characters', () => {
    expect(excerptOf('short')).toEqual({ content: 'short', partial: false });
    expect(excerptOf({ a: 1 })).toEqual({ content: { a: 1 }, partial: false });
    expect(excerptOf('x'.repeat(280)).partial).toBe(false);
    const emoji = excerptOf('😀'.repeat(281));
    expect(emoji).toEqual({ content: '😀'.repeat(280), partial: true });
    const object = excerptOf({ long: 'y'.repeat(400) });
    expect(object).toEqual({ content: `{"long":"${'y'.repeat(271)}`, partial: true });
  });
});
