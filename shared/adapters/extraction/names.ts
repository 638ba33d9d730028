import type nlp from 'compromise/two';
import type { Mention } from './patterns.ts';

type Nlp = typeof nlp;

/** Capitalised at the start of a sentence or in a greeting, and no name. */
const noNames = new Set(
  (
    'i you he she it we they me him her us them my your his its our their this that these those who what when ' +
    'where why how mr mrs ms dr sir madam mom mum dad mother father god hey hi hello thanks thank yes no yeah yep ' +
    'ok okay wow oh ah well so and but or if then now today tomorrow yesterday tonight please sorry lol congrats ' +
    'monday tuesday wednesday thursday friday saturday sunday january february march april may june july august ' +
    'september october november december'
  ).split(' '),
);

const marks = /^[\s\p{P}\p{S}]+|[\s\p{P}\p{S}]+$/gu;
const genitive = /['’]s?$/u;
const article = /^(?:the|a|an) /i;

/** The word as the list above has it: "I'm" is "i". */
const plain = (word: string) =>
  word
    .toLowerCase()
    .replace(/['’].*$/, '')
    .replace(marks, '');

/** Without article, title, greeting and genitive around the name itself. */
function cleaned(found: string): string {
  const words = found.replace(marks, '').replace(genitive, '').replace(article, '').split(/\s+/);
  const isNone = (word: string) => noNames.has(plain(word));
  while (words[0] !== undefined && isNone(words[0])) words.shift();
  while (words.length > 0 && isNone(words.at(-1) ?? '')) words.pop();
  return words.join(' ').replace(marks, '');
}

/** Neighbours that the grammar took for one: lists, and what belongs to somebody ("Google's office"). */
function parts(found: string, type: Mention['type']): string[] {
  const items = found.split(type === 'organization' ? /[,;:\n]/ : /[,;:\n]| and | or /);
  return type === 'topic' ? items : items.map((item) => item.replace(/['’]s\s.*$/s, ''));
}

/** A capital letter, and neither a single letter nor a whole clause. */
const isName = (value: string) => value.length > 1 && value.length <= 100 && /\p{Lu}/u.test(value);

/** People, organisations, places, dates and other proper names, by compromise's lexicon and grammar of English. */
export function findNames(text: string, analyse: Nlp): Mention[] {
  const document = analyse(text);
  const names = (pattern: string, type: Mention['type'], confidence: number): Mention[] =>
    (document.match(pattern).out('array') as string[])
      .flatMap((found) => parts(found, type))
      .map(cleaned)
      .filter(isName)
      .map((value) => ({ type, value, confidence }));
  const dates = (document.match('#Date+').out('array') as string[])
    .map((found) => found.replace(marks, ''))
    // "Friday" and "next week" name no day
    .filter((value) => /\d/.test(value) && /\p{L}/u.test(value) && value.length <= 60)
    .map((value): Mention => ({ type: 'date', value, confidence: 0.6 }));
  return [
    ...names('#Person+', 'person', 0.8),
    ...names('#Organization+', 'organization', 0.7),
    ...names('#Place+', 'place', 0.75),
    ...names('#ProperNoun #ProperNoun+', 'topic', 0.6).map(asProject),
    ...names('#ProperNoun', 'topic', 0.4),
    ...names('#Acronym', 'topic', 0.4),
    ...dates,
  ];
}

const asProject = (mention: Mention): Mention =>
  /^project\b|\bproject$/i.test(mention.value) ? { ...mention, type: 'project', confidence: 0.7 } : mention;
