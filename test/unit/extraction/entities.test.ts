import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeEntities, normalizeEntity } from '../../../shared/memory/entities.ts';
import type { Entity } from '../../../shared/memory/model.ts';

describe('normalizeEntity', () => {
  it.each([
    ['John Doe', 'john_doe'],
    [' john   DOE. ', 'john_doe'],
    ['José Müller', 'jose_muller'],
    ["Google's", 'google'],
    ["O'Brien", 'obrien'],
    ['Acme, Inc.', 'acme_inc'],
    ['C++', 'c++'],
    ['C#', 'c#'],
    ['#Launch', 'launch'],
    ['$4.5 million', '$4.5_million'],
    ['Jane.Doe@Example.com', 'jane.doe@example.com'],
    ['https://Example.com/a/', 'https://example.com/a'],
    ['東京', '東京'],
    ['がぎ', 'がぎ'],
    ['🎉', '🎉'],
    ['john_doe', 'john_doe'],
  ])('%j → %j', (value, normalized) => {
    expect(normalizeEntity(value)).toBe(normalized);
  });

  it('is never empty for a visible value, and changes nothing when applied again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        const once = normalizeEntity(value);
        expect(normalizeEntity(once)).toBe(once);
        if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(value)) expect(once).not.toBe('');
      }),
    );
  });
});

describe('mergeEntities', () => {
  const found = (value: string, type: Entity['type'], confidence: number): Entity => ({
    type,
    value,
    normalized: normalizeEntity(value),
    confidence,
    source: 'rules',
  });
  const given = (value: string, type: Entity['type'], normalized?: string) => ({
    type,
    value,
    normalized,
    confidence: 1,
    source: 'caller',
  });

  it('lets the caller win, whatever type the text suggested', () => {
    const merged = mergeEntities(
      [given('Mercury', 'product')],
      [found('mercury', 'person', 0.9), found('Venus', 'topic', 0.4)],
    );
    expect(merged.map(({ type, normalized, source }) => [type, normalized, source])).toEqual([
      ['product', 'mercury', 'caller'],
      ['topic', 'venus', 'rules'],
    ]);
  });

  it('normalises what the caller gave, and keeps one of each', () => {
    const merged = mergeEntities([given('J. Doe', 'person', 'John Doe'), given('john doe', 'person')], []);
    expect(merged).toEqual([
      { type: 'person', value: 'J. Doe', normalized: 'john_doe', confidence: 1, source: 'caller' },
    ]);
  });

  it('keeps the surest 256', () => {
    const many = Array.from({ length: 300 }, (_, i) => found(`name ${i}`, 'topic', i / 300));
    const merged = mergeEntities([], many);
    expect(merged).toHaveLength(256);
    expect(merged[0]?.normalized).toBe('name_299');
  });
});
