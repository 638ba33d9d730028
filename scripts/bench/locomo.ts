import { readFile } from 'node:fs/promises';
import * as z from 'zod';

const turn = z.object({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string(),
  blip_caption: z.string().optional(),
});
const file = z.array(
  z.object({
    sample_id: z.string(),
    conversation: z.record(z.string(), z.unknown()),
    qa: z.array(z.object({ question: z.string(), evidence: z.array(z.string()), category: z.number() })),
  }),
);

export interface LocomoTurn {
  /** `D<session>:<turn>`, as the evidence of the questions names it. */
  key: string;
  speaker: string;
  session: string;
  occurredAt: string;
  /** With the caption of a shared picture in brackets. */
  text: string;
}

export interface LocomoQuestion {
  text: string;
  /** 1 multi-hop, 2 temporal, 3 open-domain, 4 single-hop, 5 adversarial. */
  category: number;
  /** Turns that hold the answer; four questions of the ten conversations have none. */
  evidence: ReadonlySet<string>;
}

export interface LocomoConversation {
  id: string;
  turns: LocomoTurn[];
  questions: LocomoQuestion[];
}

const sessionName = /^session_(\d+)$/;
/** "D8:6; D9:17", "D:11:26" and "D30:05" occur in the data beside "D1:3". */
const evidenceKey = /D:?(\d+):0*(\d+)/g;

/** "1:56 pm on 8 May, 2023", taken as UTC. */
function parseDate(text: string): number {
  const found = /^(\d+):(\d+) (am|pm) on (\d+ \w+),? (\d{4})$/.exec(text.trim());
  const day = found && Date.parse(`${found[4]} ${found[5]} UTC`);
  if (!found || day === null || Number.isNaN(day)) throw new Error(`not a date of this data: ${text}`);
  const hours = (Number(found[1]) % 12) + (found[3] === 'pm' ? 12 : 0);
  return day + (hours * 60 + Number(found[2])) * 60_000;
}

function turnsOf(conversation: Record<string, unknown>): LocomoTurn[] {
  const sessions = Object.keys(conversation)
    .filter((name) => sessionName.test(name))
    .sort((a, b) => Number(a.slice(8)) - Number(b.slice(8)));
  return sessions.flatMap((session) => {
    const began = parseDate(String(conversation[`${session}_date_time`]));
    return z
      .array(turn)
      .parse(conversation[session])
      .map((said, place) => ({
        key: said.dia_id,
        speaker: said.speaker,
        session,
        // a session has one time: a second more for each turn keeps their order
        occurredAt: new Date(began + place * 1_000).toISOString(),
        text: said.blip_caption ? `${said.text} [${said.blip_caption}]` : said.text,
      }));
  });
}

const keysOf = (evidence: string[]): Set<string> =>
  new Set(
    evidence.flatMap((text) => [...text.matchAll(evidenceKey)].map((found) => `D${found[1]}:${found[2]}`)),
  );

/** Conversations of the LoCoMo benchmark (Maharana et al. 2024), in the shape in which it is published. */
export async function readLocomo(path: string): Promise<LocomoConversation[]> {
  const conversations = file.parse(JSON.parse(await readFile(path, 'utf8')));
  return conversations.map(({ sample_id, conversation, qa }) => ({
    id: sample_id,
    turns: turnsOf(conversation),
    questions: qa.map(({ question, category, evidence }) => ({
      text: question,
      category,
      evidence: keysOf(evidence),
    })),
  }));
}
