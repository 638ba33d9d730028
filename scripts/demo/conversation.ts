import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

export interface Turn {
  /** Unique in its conversation. */
  id: string;
  speaker: string;
  session: string;
  text: string;
  /** ISO 8601. A file has the time of a session; its turns follow at half a minute each. */
  at: string;
}

export interface Question {
  text: string;
  /** Ids of the turns that answer it. */
  evidence: string[];
}

export interface Conversation {
  id: string;
  turns: Turn[];
  questions: Question[];
}

const turnShape = z.object({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string(),
  blip_caption: z.string().optional(),
});
/** The shape of LoCoMo's files: `session_3` holds turns, `session_3_date_time` when they were. */
const fileShape = z
  .array(
    z.object({
      sample_id: z.string(),
      conversation: z.record(z.string(), z.unknown()),
      qa: z.array(z.object({ question: z.string(), evidence: z.array(z.string()), category: z.number() })),
    }),
  )
  .min(1);

const turnMs = 30_000;
/** Questions about what was never said: nothing could be found for them. */
const adversarial = 5;

const benchmark = new URL('../../../shared/bench/locomo-dev.json', import.meta.url);
const shipped = new URL('./conversation.json', import.meta.url);

/** The file to use: the benchmark's where somebody put it beside the repository, else the shipped one. */
export const conversationFile = (): string => fileURLToPath(existsSync(benchmark) ? benchmark : shipped);

/** The first conversation of a file. @throws ZodError when it has another shape */
export async function readConversation(file: string): Promise<Conversation> {
  const [first] = fileShape.parse(JSON.parse(await readFile(file, 'utf8')));
  if (first === undefined) throw new Error(`${file} has no conversation`);
  const { sample_id: id, conversation, qa } = first;
  const turns = Object.keys(conversation)
    .filter((key) => /^session_\d+$/.test(key))
    .flatMap((session) => turnsOf(session, conversation));
  const known = new Set(turns.map((turn) => turn.id));
  const questions = qa
    .filter(({ category }) => category !== adversarial)
    .map(({ question, evidence }) => ({
      text: question,
      // some entries hold several ids, others none that exists
      evidence: evidence.flatMap((entry) => entry.split(/[;\s]+/)).filter((turn) => known.has(turn)),
    }))
    .filter(({ evidence }) => evidence.length > 0);
  return { id, turns, questions };
}

function turnsOf(session: string, conversation: Record<string, unknown>): Turn[] {
  const began = sessionTime(z.string().parse(conversation[`${session}_date_time`]));
  return z
    .array(turnShape)
    .parse(conversation[session])
    .map(({ dia_id, speaker, text, blip_caption }, index) => ({
      id: dia_id,
      speaker,
      session,
      text: blip_caption === undefined ? text : `${text} [shares a picture of ${blip_caption}]`,
      at: new Date(began + index * turnMs).toISOString(),
    }));
}

/** `1:56 pm on 8 May, 2023`, in milliseconds as UTC. @throws Error when it is written otherwise */
export function sessionTime(text: string): number {
  const [, hour, minute, half, date] = /^(\d{1,2}):(\d\d) (am|pm) on (\d{1,2} \w+, \d{4})$/.exec(text) ?? [];
  const day = Date.parse(`${date} UTC`);
  if (Number.isNaN(day)) throw new Error(`not the time of a session: ${text}`);
  const hours = (Number(hour) % 12) + (half === 'pm' ? 12 : 0);
  return day + (hours * 60 + Number(minute)) * 60_000;
}
