import { email, ipAddresses } from './contact.ts';
import type { Detector, Finding, Span, Surroundings } from './detector.ts';
import { type PersonalDataKind, personalDataKinds } from './kinds.ts';
import { nationalIds, ssn } from './national-ids.ts';
import { card, iban } from './payment.ts';
import { phones } from './phones.ts';
import { apiKeys, awsKeys, jwt, privateKey } from './secrets.ts';

const detectors: readonly Detector[] = [
  privateKey,
  jwt,
  ...awsKeys,
  ...apiKeys,
  iban,
  card,
  ...nationalIds,
  ssn,
  email,
  ...ipAddresses,
  ...phones,
];

const strength = new Map(personalDataKinds.map((kind, rank) => [kind, rank]));

/** What a number is recognised by, one UUID in several thousand has by chance. */
const numbers: ReadonlySet<PersonalDataKind> = new Set(['iban', 'card', 'national_id', 'ssn', 'phone']);
const uuid = /(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])/gi;

/** Without numbers that share characters with a UUID: it names something, and masked it would name nothing. */
function outsideUuids(candidates: Finding[], text: string): Finding[] {
  const named: Span[] = [...text.matchAll(uuid)].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
  if (named.length === 0) return candidates;
  return candidates.filter(
    ({ kind, start, end }) => !numbers.has(kind) || !named.some((id) => start < id.end && id.start < end),
  );
}

/**
 * Personal data and secrets in a text, in order, none overlapping. Where two claim the same characters the
 * stronger kind wins (a checksum or a prefix says more than a form), then the longer finding.
 * @param field the key whose value the text is: "phone" makes a run of digits a telephone number.
 */
export function findPersonalData(text: string, field = ''): Finding[] {
  const where: Surroundings = { text, field };
  const found = detectors.flatMap(({ kind, find }) => find(where).map((span) => ({ kind, ...span })));
  if (found.length === 0) return [];
  const candidates = outsideUuids(found, text);
  candidates.sort(
    (a, b) =>
      (strength.get(a.kind) ?? 0) - (strength.get(b.kind) ?? 0) || b.end - b.start - (a.end - a.start),
  );
  return withoutOverlaps(candidates, text.length);
}

/** Marks what is taken, so that thousands of findings cost no more than the length of the text. */
function withoutOverlaps(candidates: Finding[], length: number): Finding[] {
  const taken = new Uint8Array(length);
  const kept: Finding[] = [];
  for (const finding of candidates) {
    const { start, end } = finding;
    if (taken[start] === 1 || taken[end - 1] === 1 || taken.subarray(start, end).includes(1)) continue;
    taken.fill(1, start, end);
    kept.push(finding);
  }
  return kept.sort((a, b) => a.start - b.start);
}
