import { styleText } from 'node:util';
import type { Found } from './client.ts';

const day = new Intl.DateTimeFormat('en-GB', {
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const shown = 3;

export interface Answered {
  question: string;
  found: Found[];
  /** External ids of the turns that answer it. */
  evidence: string[];
  ms: number;
}

const isEvidence = ({ evidence }: Answered, { memory }: Found) =>
  memory.externalId !== undefined && evidence.includes(memory.externalId);

/** How many of the turns that answer the question are among those found. */
export const hits = (answered: Answered): number =>
  answered.found.filter((found) => isEvidence(answered, found)).length;

const cut = (text: string, width: number) =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** A question, and the three best of what was recalled; the evidence among them has a mark. */
export function answerLines(answered: Answered, number: number, width: number): string {
  const { question, found, evidence, ms } = answered;
  const verdict = `${hits(answered)} of ${evidence.length} in top 5  ${ms.toFixed(0).padStart(3)} ms`;
  const title = cut(`${String(number).padStart(2)}. ${question}`, width - verdict.length - 2);
  const gap = ' '.repeat(width - verdict.length - title.length);
  const colour = hits(answered) > 0 ? 'green' : 'red';
  const lines = found.slice(0, shown).map((each) => {
    const { memory, score } = each;
    const mark = isEvidence(answered, each) ? styleText('green', '✓') : ' ';
    const when = day.format(new Date(memory.occurredAt));
    const source = `${score.toFixed(2)}  ${(memory.agentId ?? '').padEnd(8)}  ${when}`;
    const text = String(memory.content).replace(/\s+/g, ' ');
    return `  ${mark} ${source}  ${styleText('dim', cut(text, width - source.length - 6))}`;
  });
  return [`${styleText('bold', title)}${gap}${styleText(colour, verdict)}`, ...lines].join('\n');
}
