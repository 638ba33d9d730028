import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../shared/contracts/limits.ts';
import { parseJson } from '../../../shared/runtime/json-guard.ts';

const refusedKeys = ['', '__proto__', 'constructor', 'prototype'];

/** The rules again, said over the parsed value; what parsing loses (keys twice) is tested by itself. */
function acceptable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= limits.jsonDepth + 3) return false;
  if (Array.isArray(value)) return value.every((item) => acceptable(item, depth + 1));
  const keys = Object.keys(value);
  return (
    keys.length <= limits.jsonKeys &&
    keys.every((key) => !refusedKeys.includes(key) && acceptable(key)) &&
    Object.values(value).every((item) => acceptable(item, depth + 1))
  );
}

const outcome = (text: string): { value?: unknown; code?: string } => {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    return { code: (error as { code: string }).code };
  }
};
const native = (text: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** Strings that come near every rule; keys too, as objects take them for keys. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...refusedKeys, '\0', '\ud800', '\udc00\ud800', '😀', '"', '\\', '\\u0000', '{"a":1,', ','),
);
/**
 * No backslash in keys: after an object with such a key, V8's JSON.parse takes an escape in a later object of the
 * same shape for it (the text `{"\\": 0}`, then `{"\u0000": 0}`, gives a backslash as the key of both): no oracle there.
 */
const key = text.filter((value) => !value.includes('\\'));
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 14, depthSize: 'large' },
    fc.constantFrom<unknown>(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie('json'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(key, tie('json')), { maxLength: 4, selector: ([name]) => name })
      .map(Object.fromEntries),
  ),
}));

describe('the JSON guard', () => {
  it('accepts what JSON.parse accepts, less what is refused, and parses it alike', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const written = JSON.stringify(value, null, space);
        const parsed = native(written);
        const result = outcome(written);
        if (parsed && acceptable(parsed.value)) expect(result).toEqual(parsed);
        else expect(result.code).toMatch(/^(malformed_json|validation_failed)$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never accepts what JSON.parse refuses, and only throws its own errors', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '1',
      '-',
      'e',
      '.',
      'null',
      ' ',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 24 }), (fragments) => {
        const written = fragments.join('');
        const result = outcome(written);
        if (native(written)) return;
        expect(result.code).toMatch(/^(malformed_json|validation_failed)$/);
      }),
      { numRuns: 5_000 },
    );
  });

  it('refuses damaged documents or reads them as JSON.parse does', () => {
    fc.assert(
      fc.property(
        json,
        fc.nat(),
        fc.constantFrom('"', '\\', '{', '}', ',', '', '1e999'),
        (value, at, damage) => {
          const written = JSON.stringify(value);
          const place = at % written.length;
          const damaged = written.slice(0, place) + damage + written.slice(place + 1);
          const result = outcome(damaged);
          if (result.code === undefined) expect(result.value).toEqual(native(damaged)?.value);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('refuses a key twice however it is written, at any place', () => {
    const escaped = (key: string) =>
      `"${[...key].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{1,8}$/),
        fc.array(fc.stringMatching(/^[A-Z]$/)),
        (key, others) => {
          const between = [...new Set(others)].map((other) => `"${other}":{"${key}":0},`).join('');
          expect(outcome(`{"${key}":1,${between}${escaped(key)}:2}`).code).toBe('malformed_json');
          expect(outcome(`{"${key}":1,${between}"z-${key}":2}`).code).toBeUndefined();
        },
      ),
    );
  });

  it.each([
    ['[1e308]', undefined],
    ['[-1e308]', undefined],
    ['[1e309]', 'malformed_json'],
    ['[-1E+999]', 'malformed_json'],
    ['[1e-999]', undefined],
    ['["1e999"]', undefined],
    ['{"a":{"a":1},"b":[{"a":1},{"a":1}]}', undefined],
    ['{"a":"__proto__"}', undefined],
    ['"\\u0000"', 'validation_failed'],
    ['[,]', 'malformed_json'],
    ['\ufeff{}', 'malformed_json'],
  ])('%s', (written, code) => {
    expect(outcome(written).code).toBe(code);
  });
});
