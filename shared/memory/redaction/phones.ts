import { before, byPattern, type Detector, digitsOf, type Span, type Surroundings } from './detector.ts';

/** What has the digits of a telephone number and is none: date, time, UUID. */
const lookalikes = [
  /\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/,
  /\b\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d{2}\b/,
  /\d:\d{2}/,
  /[0-9a-f]{8}-[0-9a-f]{4}-/i,
];

/** Fewer digits name an extension or an amount; more than fifteen E.164 does not allow. */
const plausible = (candidate: string, fewest: number, most: number) => {
  const { length } = digitsOf(candidate);
  return length >= fewest && length <= most && !lookalikes.some((pattern) => pattern.test(candidate));
};

/** A UUID or another identifier may begin before the candidate or end behind it. */
const insideIdentifier = (text: string, { start, end }: Span) =>
  /[0-9a-f]{4}-$/i.test(text.slice(Math.max(0, start - 5), start)) ||
  /^-[0-9a-f]{4}/i.test(text.slice(end, end + 5));

const notBefore = String.raw`(?<![\w.+/#$€£-]|\d[,: ])`;
const notAfter = String.raw`(?![\w%€$£]|[-.:/,]\d| ?(?:EUR|USD|GBP|ms|kg|km|px)\b)`;

// digits and separators strictly alternate, so a run of digits can be read in one way only
const groups = (separator: string, size: string, count: string) =>
  String.raw`(?:${separator}\d{${size}}){${count}}`;

/** Forms that are telephone numbers by themselves. */
const byForm = (pattern: string, fewest: number, most: number): Detector =>
  byPattern(
    'phone',
    new RegExp(notBefore + pattern + notAfter, 'g'),
    (candidate, span, { text }) => plausible(candidate, fewest, most) && !insideIdentifier(text, span),
  );

const noun = 'phones?|telephone|tel|mobile|cell|cellphone|fax|whatsapp|hotline|handy|telefon|mobil';
const verb = 'call|text|ring|dial|sms|phone|reach|whatsapp';
const called = [
  new RegExp(
    String.raw`\b(?:${noun})(?:[ .]{0,2}(?:number|no|nr|#))?[.:]?(?: (?:is|was|at|on|now))?[\s"':=(]{0,4}$`,
    'i',
  ),
  new RegExp(
    String.raw`\b(?:${verb})(?: (?:me|us|him|her|them|back))?(?: (?:on|at|back|under))?[\s"':(]{0,3}$`,
    'i',
  ),
];

/** Any grouping, where the words before say that it is a number to call. */
const byContext = (candidate: string, span: Span, where: Surroundings) => {
  const words = before(where, span.start);
  return plausible(candidate, 7, 15) && called.some((pattern) => pattern.test(words));
};

export const phones: readonly Detector[] = [
  // international: + or 00, country, perhaps an area in parentheses, groups
  byForm(String.raw`\+[1-9]\d{0,14}(?:[ .-]?\(\d{1,4}\)\d{0,10})?${groups('[ ./-]', '1,12', '0,6')}`, 8, 15),
  byForm(String.raw`00[1-9]\d{0,14}(?:[ .-]?\(0\)\d{0,10})?${groups('[ ./-]', '1,12', '0,6')}`, 10, 17),
  // North America: neither area nor exchange begins with 0 or 1
  byForm(String.raw`(?:1[ .-])?\([2-9]\d{2}\) ?[2-9]\d{2}[ .-]\d{4}`, 10, 11),
  byForm(String.raw`(?:1[.-])?[2-9]\d{2}([.-])[2-9]\d{2}\1\d{4}`, 10, 11),
  // national with a leading zero
  byForm(String.raw`(?:\(0[1-9]\d{0,4}\)|0[1-9]\d{0,4})${groups('(?: ?[/-] ?| )', '2,8', '1,5')}`, 9, 12),
  byPattern(
    'phone',
    /(?<![\w.+-])(?:\(\d{2,5}\) ?)?\d{2,15}(?:[ ./-]\d{1,8}){0,5}(?![\w-]|[.,:]\d)/g,
    byContext,
  ),
];
