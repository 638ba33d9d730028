/**
 * Names of known authors in a query. A vector of a text that names a person is drawn to every text that names
 * them, so queries are embedded as if the author asked about themselves, and the author is matched as a field.
 */

const before = '(?<![\\p{L}\\p{M}\\p{N}_])';
const after = '(?![\\p{L}\\p{M}\\p{N}_])';
const genitive = `(?:['’]s${after}|(?<=s)['’]${after})`;

/** At most this many n-grams are looked up as names. */
const maxCandidates = 200;

const escaped = (name: string) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s+');

/** Longest first, so that "Anna Maria" is not taken for "Anna". */
const alternatives = (names: readonly string[]) =>
  names
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .toSorted((a, b) => b.length - a.length)
    .map(escaped)
    .join('|');

const replaced = (query: string, pattern: string, replacement: string) =>
  query.replace(new RegExp(pattern, 'giu'), replacement);

/** The query with "Name's" as "my" and "Name" as "I", for embedding. */
export function firstPersonQuery(query: string, names: readonly string[]): string {
  const any = alternatives(names);
  if (any === '') return query;
  // the genitive first, or it would become "I's"
  const possessive = replaced(query, `${before}(?:${any})${genitive}`, 'my');
  return replaced(possessive, `${before}(?:${any})${after}`, 'I');
}

/** The query with each name, and its genitive's ending, replaced by a space, for full-text search. */
export function withoutNames(query: string, names: readonly string[]): string {
  const any = alternatives(names);
  if (any === '') return query;
  return replaced(query, `${before}(?:${any})(?:${genitive}|${after})`, ' ').replace(/\s+/g, ' ').trim();
}

const word = /[\p{L}\p{N}][\p{L}\p{M}\p{N}_@.'’-]*/gu;
const ending = /(?:['’]s|['’.@-])+$/i;

/**
 * What in a query may be an author: its sequences of one to three words, lower case, without genitive endings.
 * Those with a capital letter or a digit come first, then single words, because at most 200 are answered.
 */
export function candidateNames(query: string): string[] {
  const words = (query.match(word) ?? [])
    .map((found) => found.replace(ending, ''))
    .filter((found) => found !== '');
  const sequences = [1, 2, 3].flatMap((length) =>
    words
      .slice(0, Math.max(0, words.length - length + 1))
      .map((_, start) => words.slice(start, start + length)),
  );
  const looksLikeName = (sequence: string[]) => sequence.some((part) => /[\p{Lu}\p{N}]/u.test(part));
  const ordered = [...sequences.filter(looksLikeName), ...sequences.filter((found) => !looksLikeName(found))];
  return [...new Set(ordered.map((sequence) => sequence.join(' ').toLowerCase()))].slice(0, maxCandidates);
}
