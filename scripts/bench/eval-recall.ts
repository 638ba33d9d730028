/** Recall over HTTP on LoCoMo conversations, which are not part of this repository; see docs/recall.md. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { CannotStart } from '../local/settings.ts';
import { startLocal } from '../local/start-local.ts';
import { type CallerVectors, readCallerVectors } from './caller-vectors.ts';
import { type LocomoConversation, readLocomo } from './locomo.ts';
import { RecallScores } from './recall-scores.ts';
import { percentile } from './statistics.ts';

const { values: options } = parseArgs({
  options: {
    file: { type: 'string' },
    url: { type: 'string' },
    token: { type: 'string' },
    vectors: { type: 'string' },
  },
});

interface Target {
  url: string;
  token: string;
  stop(): Promise<void>;
}

const batchAnswer = z.object({
  results: z.array(z.object({ id: z.string().optional(), status: z.number() })),
});
const searchAnswer = z.object({ results: z.array(z.object({ memory: z.object({ id: z.string() }) })) });
const batchSize = 100;

async function target(): Promise<Target> {
  const tenant = `locomo-${Date.now()}`;
  if (options.url !== undefined) {
    return { url: options.url, token: options.token ?? '', stop: async () => undefined };
  }
  const dataDirectory = await mkdtemp(join(tmpdir(), 'strata-eval-'));
  const env = {
    ...process.env,
    PORT: '0',
    STRATA_DATA: dataDirectory,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'SILENT',
  };
  const service = await startLocal({ env });
  if (!service.token) throw new CannotStart('This host issues no tokens; give --url and --token.');
  return {
    url: service.url,
    token: await service.token({ tenant }),
    async stop() {
      await service.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function post<T>(
  { url, token }: Target,
  path: string,
  body: unknown,
  answer: z.ZodType<T>,
): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return answer.parse(JSON.parse(text));
}

/** Answers which turn each stored memory is. */
async function store(
  service: Target,
  { id, turns }: LocomoConversation,
  vectors: CallerVectors | undefined,
): Promise<Map<string, string>> {
  const keys = new Map<string, string>();
  for (let start = 0; start < turns.length; start += batchSize) {
    const batch = turns.slice(start, start + batchSize);
    const items = batch.map((turn) => ({
      memoryType: 'episodic',
      agentId: turn.speaker,
      conversationId: id,
      sessionId: turn.session,
      occurredAt: turn.occurredAt,
      content: turn.text,
      embedding: vectors?.turn(id, turn.key),
    }));
    const { results } = await post(service, '/api/memory/batch', { items }, batchAnswer);
    for (const [place, result] of results.entries()) {
      const turn = batch[place];
      if (!turn || result.id === undefined)
        throw new Error(`a turn was not stored: ${JSON.stringify(result)}`);
      keys.set(result.id, turn.key);
    }
  }
  return keys;
}

async function evaluate(service: Target, conversations: LocomoConversation[], vectors?: CallerVectors) {
  const scores = new RecallScores();
  const latencies: number[] = [];
  let storing = 0;
  for (const conversation of conversations) {
    const started = performance.now();
    const keys = await store(service, conversation, vectors);
    storing += performance.now() - started;
    for (const [place, question] of conversation.questions.entries()) {
      const asked = performance.now();
      const { results } = await post(
        service,
        '/api/memory/search',
        {
          query: question.text,
          embedding: vectors?.question(conversation.id, place),
          conversationId: conversation.id,
          limit: 50,
        },
        searchAnswer,
      );
      latencies.push(performance.now() - asked);
      scores.add(
        question,
        results.map((result) => keys.get(result.memory.id) ?? ''),
      );
    }
    console.log(`${conversation.id}: ${keys.size} memories, ${conversation.questions.length} questions`);
  }
  const stored = conversations.reduce((sum, { turns }) => sum + turns.length, 0);
  console.log(`\n${scores.print()}\n`);
  console.log(`stored ${((1_000 * stored) / storing).toFixed(0)} memories/s in batches of ${batchSize}`);
  const [middle, late] = [percentile(latencies, 0.5), percentile(latencies, 0.95)];
  console.log(`searched in ${middle.toFixed(1)} ms (p50), ${late.toFixed(1)} ms (p95), one at a time`);
  return scores.belowFloor();
}

async function main(): Promise<number> {
  if (options.file === undefined || !existsSync(options.file)) {
    console.log('Skipped: give the conversations with --file; they are not part of this repository.');
    return 0;
  }
  const conversations = await readLocomo(options.file);
  const vectors = options.vectors === undefined ? undefined : await readCallerVectors(options.vectors);
  const service = await target();
  try {
    const missed = await evaluate(service, conversations, vectors);
    for (const sentence of missed) console.error(`Below the floor: ${sentence}.`);
    return missed.length === 0 ? 0 : 1;
  } finally {
    await service.stop();
  }
}

process.exitCode = await main();
