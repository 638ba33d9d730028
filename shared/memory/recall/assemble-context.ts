import type * as z from 'zod';
import type { contextAnswer, contextBody } from '../../contracts/memory/recall.ts';
import { elapsedMs } from '../../kernel/clock.ts';
import { presentFields } from '../../kernel/present-fields.ts';
import { authorOf, type Memory } from '../model.ts';
import { loadRanked } from '../read/load-ranked.ts';
import { bareText } from '../write/texts.ts';
import { recall } from './recall.ts';
import type { SearchDeps } from './search-memories.ts';
import { blends } from './weights.ts';

type Answer = z.output<typeof contextAnswer>;
type Item = Answer['items'][number];

/**
 * An estimate: English averages about four characters a token in the tokenisers of current models, and scripts of
 * several bytes a character need more tokens for as many characters, so bytes of UTF-8 are counted.
 */
const bytesPerToken = 4;
const tokensOf = (line: string): number => Math.ceil((Buffer.byteLength(line) + 1) / bytesPerToken);

/** Recent turns may fill this part of the window; the rest is kept for what recall finds. */
const recentShare = 0.5;

const line = (memory: Memory, text: string): string =>
  [`[${memory.occurredAt.slice(0, 10)}]`, authorOf(memory) && `${authorOf(memory)}:`, text]
    .filter(Boolean)
    .join(' ');

const itemOf = (memory: Memory, source: Item['source'], text: string, score?: number): Item => ({
  source,
  memoryId: memory.id,
  version: memory.version,
  text: line(memory, text),
  tokens: tokensOf(line(memory, text)),
  occurredAt: memory.occurredAt,
  ...(score !== undefined && { score }),
});

/** The whole text where it fits, else the memory's own summary where that does. */
function fitting(memory: Memory, room: number, score: number): Item | undefined {
  const whole = itemOf(memory, 'recalled', bareText(memory.content), score);
  if (whole.tokens <= room) return whole;
  if (memory.summary === undefined) return undefined;
  const summary = itemOf(memory, 'summary', memory.summary, score);
  return summary.tokens <= room ? summary : undefined;
}

/** The newest turns that fit, in the order in which they happened. */
function lastTurns(turns: Memory[], room: number): Item[] {
  const kept: Item[] = [];
  let left = room;
  for (const turn of turns.toReversed()) {
    const item = itemOf(turn, 'recent', bareText(turn.content));
    if (item.tokens > left) break;
    left -= item.tokens;
    kept.unshift(item);
  }
  return kept;
}

const tokensIn = (items: Item[]): number => items.reduce((sum, item) => sum + item.tokens, 0);

/**
 * A window of context for a task: the last turns of its conversation, and what recall finds in the whole scope
 * beside that conversation, best first, as long as the budget of tokens lasts. Nothing stands in it twice.
 */
export async function assembleContext(
  tenantId: string,
  { query, tokenBudget, recentTurns, limit, conversationId, ...scope }: z.output<typeof contextBody>,
  deps: SearchDeps,
): Promise<Answer> {
  const started = deps.clock.now();
  const turnsOf = async (): Promise<Memory[]> => {
    if (conversationId === undefined || recentTurns === 0) return [];
    const ids = await deps.recallIndex.recentTurns(tenantId, conversationId, recentTurns);
    return deps.memories.get(tenantId, ids);
  };
  const [turns, found] = await Promise.all([
    turnsOf(),
    recall(tenantId, { scope: presentFields(scope), query, blend: blends.relevance, limit }, deps),
  ]);
  const recent = lastTurns(turns, Math.floor(tokenBudget * recentShare));
  const shown = new Set(recent.map((item) => item.memoryId));
  const hits = found.ranked.filter((hit) => !shown.has(hit.candidate.id)).slice(0, limit);

  const recalled: Item[] = [];
  let left = tokenBudget - tokensIn(recent);
  const loaded = await loadRanked(tenantId, hits, (hit) => hit.candidate.id, deps.memories);
  for (const { item: hit, memory } of loaded) {
    const item = fitting(memory, left, hit.score);
    if (!item) continue;
    left -= item.tokens;
    recalled.push(item);
  }
  const items = [...recalled, ...recent];
  // a turn for which the recent part has no room may have been recalled all the same
  const considered = new Set([...turns, ...loaded.map(({ memory }) => memory)].map(({ id }) => id));
  return {
    text: items.map((item) => item.text).join('\n'),
    tokens: tokensIn(items),
    tokenBudget,
    items,
    omitted: considered.size - items.length,
    metadata: { durationMs: elapsedMs(deps.clock, started) },
    warnings: found.warnings,
  };
}
