import { email, ipAddresses } from './contact.ts';
import type { Detector, Finding, Surroundings } from './detector.ts';
import { personalDataKinds } from './kinds.ts';
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

/**
 * Personal data and secrets in a text, in order, none overlapping. Where two claim the same characters the
 * stronger kind wins (a checksum or a prefix says more than a form), then the longer finding.
 * @param field the key whose value the text is: "phone" makes a run of digits a telephone number.
 */
export function findPersonalData(text: string, field = ''): Finding[] {
  const where: Surroundings = { text, field };
  const candidates = detectors.flatMap(({ kind, find }) => find(where).map((span) => ({ kind, ...span })));
  if (candidates.length === 0) return [];
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
