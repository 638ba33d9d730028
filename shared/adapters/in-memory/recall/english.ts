/** Occurrences by term. */
export type Terms = ReadonlyMap<string, number>;

const stopWords = new Set(
  `a about after all am an and any are as at be been but by can did do does for from had has have he her him his how
  i if in into is it its me my no nor not of on or our out own she so some such than that the their them then there
  these they this those to too up very was we were what when where which while who whom why will with you your`
    .split(/\s+/)
    .filter(Boolean),
);

/** Plural, past and gerund off, where a word remains: enough that a question and its answer meet. */
function stem(word: string): string {
  const root = word
    .replace(/(?:'s|')$/, '')
    .replace(/(?<=..)ies$/, 'y')
    .replace(/(?<=[^s]..)(?:es|s)$/, '')
    .replace(/(?<=...)(?:ing|ed)$/, '');
  return root.replace(/(?<=..)e$/, '').replace(/([^aeiouls])\1$/, '$1');
}

/** The terms of an English text, as full-text search sees it: stop words out, words cut to their stems. */
export function englishTerms(text: string): Terms {
  const terms = new Map<string, number>();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+(?:'s)?/gu) ?? []) {
    if (stopWords.has(word)) continue;
    const term = stem(word);
    terms.set(term, (terms.get(term) ?? 0) + 1);
  }
  return terms;
}

/** One document of several. */
export function mergedTerms(documents: readonly Terms[]): Terms {
  const merged = new Map<string, number>();
  for (const document of documents) {
    for (const [term, count] of document) merged.set(term, (merged.get(term) ?? 0) + count);
  }
  return merged;
}
