import { passesLuhn, passesMod97 } from './checksums.ts';
import { type Detector, digitsOf, type Span } from './detector.ts';

/** Lengths and leading digits of the networks that issue cards. */
const issuers: readonly { lengths: readonly number[]; prefix: RegExp }[] = [
  { lengths: [13, 16, 19], prefix: /^4/ },
  { lengths: [16], prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/ },
  { lengths: [15], prefix: /^3[47]/ },
  { lengths: [14, 16], prefix: /^3(?:0[0-5]|[689])/ },
  { lengths: [16, 19], prefix: /^(?:6011|64[4-9]|65|622)/ },
  { lengths: [16, 19], prefix: /^35(?:2[89]|[3-8])/ },
  { lengths: [12, 13, 14, 15, 16, 17, 18, 19], prefix: /^(?:5018|5020|5038|5893|6304|6759|676[1-3])/ },
  { lengths: [16, 17, 18, 19], prefix: /^62/ },
];

/** Whether bare digits are a card's number: an issuer's prefix and length, and the Luhn digit. */
export const isCardNumber = (digits: string): boolean =>
  passesLuhn(digits) &&
  issuers.some(({ lengths, prefix }) => lengths.includes(digits.length) && prefix.test(digits));

const groups = /\d+/g;
const longest = 19;

/**
 * Digits in one group, or in the groups that are printed on a card: four first, one separator throughout. Every
 * group may begin a number and every later one end it, because an order's number or the expiry may stand beside.
 */
export const card: Detector = {
  kind: 'card',
  find({ text }) {
    const runs = [...text.matchAll(groups)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
    }));
    return runs.flatMap((first, i) => cardFrom(text, runs, i, first) ?? []);
  },
};

function cardFrom(
  text: string,
  runs: readonly Span[],
  index: number,
  { start, end }: Span,
): Span | undefined {
  if (/[\w.+]/.test(text[start - 1] ?? '')) return undefined;
  const separator = end - start === 4 ? text[end] : undefined;
  for (let i = index; i < runs.length; i++) {
    const run = runs[i];
    if (run === undefined || run.end - start > longest + 5) return undefined;
    if (i > index && (runs[i - 1]?.end !== run.start - 1 || text[run.start - 1] !== separator))
      return undefined;
    const closed = !/\w/.test(text[run.end] ?? '') && !/^[.,]\d/.test(text.slice(run.end, run.end + 2));
    if (closed && isCardNumber(digitsOf(text.slice(start, run.end)))) return { start, end: run.end };
    if (separator !== ' ' && separator !== '-') return undefined;
  }
  return undefined;
}

/** Length of an IBAN by country, from the registry of SWIFT. */
const ibanLengths: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 ' +
    'EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 ' +
    'KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 ' +
    'PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 ' +
    'UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

// the words behind an account number look like one more group, so the country's length decides where it ends
// (a lookahead, so that a candidate does not swallow the beginning of the next)
const ibanShape = /(?<![A-Za-z0-9])(?=([A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}))/g;

export const iban: Detector = {
  kind: 'iban',
  find({ text }) {
    const spans: Span[] = [];
    for (const match of text.matchAll(ibanShape)) {
      const candidate = match[1] ?? '';
      const length = ibanLengths[candidate.slice(0, 2).toUpperCase()] ?? 0;
      const end = endOfCharacters(candidate, length);
      if (end === undefined || /[A-Za-z0-9]/.test(text[match.index + end] ?? '')) continue;
      const account = candidate.slice(0, end).replace(/[ -]/g, '').toUpperCase();
      if (passesMod97(account)) spans.push({ start: match.index, end: match.index + end });
    }
    return spans;
  },
};

/** Where the first `count` letters and digits end; undefined when there are fewer, or none are asked for. */
function endOfCharacters(candidate: string, count: number): number | undefined {
  let seen = 0;
  for (let i = 0; i < candidate.length && count > 0; i++) {
    if (candidate[i] !== ' ' && candidate[i] !== '-') seen++;
    if (seen === count) return i + 1;
  }
  return undefined;
}
