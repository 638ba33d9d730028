/** Precision and recall of the detectors of personal data on the labelled texts; see docs/redaction.md. */
import { findPersonalData } from '../shared/memory/redaction/detect.ts';
import { personalDataKinds } from '../shared/memory/redaction/kinds.ts';
import { redactionCorpus } from '../test/support/redaction-corpus.ts';

interface Tally {
  right: number;
  missed: number;
  wrong: number;
}
const tallies = new Map(personalDataKinds.map((kind) => [kind as string, { right: 0, missed: 0, wrong: 0 }]));
const all: Tally = { right: 0, missed: 0, wrong: 0 };
const errors: string[] = [];

function count(kind: string, outcome: keyof Tally): void {
  all[outcome]++;
  const tally = tallies.get(kind);
  if (tally) tally[outcome]++;
}

for (const { text, expected } of redactionCorpus) {
  const label = (item: { kind: string; value: string; start: number }) =>
    `${item.kind} ${item.start} ${item.value}`;
  const found = findPersonalData(text).map(({ kind, start, end }) => ({
    kind,
    start,
    value: text.slice(start, end),
  }));
  const wanted = new Set(expected.map(label));
  const got = new Set(found.map(label));
  for (const item of found) {
    count(item.kind, wanted.has(label(item)) ? 'right' : 'wrong');
    if (!wanted.has(label(item))) errors.push(`wrong   ${item.kind.padEnd(12)} "${item.value}" in: ${text}`);
  }
  for (const item of expected.filter((one) => !got.has(label(one)))) {
    count(item.kind, 'missed');
    errors.push(`missed  ${item.kind.padEnd(12)} "${item.value}" in: ${text}`);
  }
}

const ratio = (part: number, whole: number) => (whole === 0 ? '–' : (part / whole).toFixed(3)).padStart(9);
const line = (kind: string, { right, missed, wrong }: Tally) =>
  `${kind.padEnd(12)} ${String(right + missed).padStart(8)} ${ratio(right, right + wrong)} ${ratio(right, right + missed)}`;

const negatives = redactionCorpus.filter(({ expected }) => expected.length === 0).length;
console.log(`${redactionCorpus.length} texts, ${negatives} of them without personal data\n`);
console.log(`kind         labelled precision    recall`);
for (const [kind, tally] of tallies) console.log(line(kind, tally));
console.log(line('all', all));
console.log(`\n${errors.join('\n')}`);
