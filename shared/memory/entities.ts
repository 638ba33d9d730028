import { limits } from '../contracts/limits.ts';
import type { Entity } from './model.ts';

// of the Latin, Greek and Cyrillic scripts alone: in others, marks are vowels and voicing
const accents = /[\u0300-\u036f]/g;
const possessive = /['’]s(?![\p{L}\p{N}])/gu;
const apostrophes = /['’]/g;
// letters, marks, digits and currencies count; + # % tell "C++" from "C#" and 5 % from 5; . inside numbers
const separators = /(?:[^\p{L}\p{M}\p{N}\p{Sc}+#%.]|\.(?!\d)|(?<!\d)\.)+/gu;
const edges = /^[_#]+|_+$/g;
const address = /^\S+@\S+$|^[a-z][a-z0-9+.-]*:\/\/\S+$/i;

/**
 * An entity's identity within its type: lower case, accents stripped, words joined by `_` ("José Müller" →
 * `jose_muller`). E-mail addresses and URLs keep their punctuation. Applied twice it gives the same.
 */
export function normalizeEntity(value: string): string {
  const plain = value.trim().toLowerCase().normalize('NFD').replace(accents, '').normalize('NFC');
  if (address.test(plain)) return plain.replace(/\/+$/, '');
  const joined = plain
    .replace(possessive, '')
    .replace(apostrophes, '')
    .replace(separators, '_')
    .replace(edges, '');
  // nothing but symbols, such as an emoji: they are the name
  return joined === '' ? plain.replace(/\s+/g, '_') : joined;
}

/** An entity as a caller gives it: `normalized` may be left out. */
export type GivenEntity = Omit<Entity, 'normalized'> & { normalized?: string | undefined };

/**
 * The caller's entities and those found in the text. The caller's win: a found one with the same name is left
 * out even when its type differs. At most as many as a memory may have, the surest of the found ones first.
 */
export function mergeEntities(given: readonly GivenEntity[], found: readonly Entity[]): Entity[] {
  const merged = new Map<string, Entity>();
  const names = new Set<string>();
  for (const entity of given) {
    const normalized = normalizeEntity(entity.normalized ?? entity.value);
    const key = `${entity.type}:${normalized}`;
    if (!merged.has(key)) merged.set(key, { ...entity, normalized });
    names.add(normalized);
  }
  for (const entity of found.toSorted((a, b) => b.confidence - a.confidence)) {
    if (names.has(entity.normalized)) continue;
    names.add(entity.normalized);
    merged.set(`${entity.type}:${entity.normalized}`, entity);
  }
  return [...merged.values()].slice(0, limits.entities);
}
