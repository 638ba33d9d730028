import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LocomoConversation, type LocomoQuestion, readLocomo } from '../bench/locomo.ts';

const benchmark = new URL('../../../shared/bench/locomo-dev.json', import.meta.url);
const shipped = new URL('./conversation.json', import.meta.url);

/** Questions about what was never said: nothing could be found for them. */
const adversarial = 5;

/** The file to use: the benchmark's where somebody put it beside the repository, else the shipped one. */
export const conversationFile = (): string => fileURLToPath(existsSync(benchmark) ? benchmark : shipped);

/** The first conversation of a file in the shape of LoCoMo. @throws Error when it has another shape, or none */
export async function readConversation(file: string): Promise<LocomoConversation> {
  const [first] = await readLocomo(file);
  if (first === undefined) throw new Error(`${file} has no conversation`);
  return first;
}

/** Questions with an answer in the conversation, evenly over the file, so that nobody has picked them. */
export function someQuestions({ questions }: LocomoConversation, count: number): LocomoQuestion[] {
  const answerable = questions.filter(
    ({ category, evidence }) => category !== adversarial && evidence.size > 0,
  );
  const taken = Math.min(count, answerable.length);
  const places = Array.from({ length: taken }, (_, n) => Math.floor((n * answerable.length) / taken));
  return places.flatMap((place) => answerable.slice(place, place + 1));
}
