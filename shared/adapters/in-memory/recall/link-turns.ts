import type { MemoryState } from '../../../memory/model.ts';
import type { TenantState } from '../store/state.ts';

export interface TurnLink {
  previousId?: string;
  episode: string;
}

/** A longer silence begins another episode. */
const gapMs = 30 * 60_000;

export const byTime = (
  a: Pick<MemoryState, 'id' | 'occurredAt'>,
  b: Pick<MemoryState, 'id' | 'occurredAt'>,
): number => a.occurredAt.localeCompare(b.occurredAt) || a.id.localeCompare(b.id);

function follows(turn: MemoryState, before: MemoryState | undefined): before is MemoryState {
  if (before === undefined || before.sessionId !== turn.sessionId) return false;
  if (turn.sessionId !== undefined) return true;
  return Date.parse(turn.occurredAt) - Date.parse(before.occurredAt) <= gapMs;
}

/** The turn before each and its episode: a session where one is named, else a run without a long silence. */
export function linkTurns({ memories }: TenantState): Map<string, TurnLink> {
  const links = new Map<string, TurnLink>();
  const live = [...memories.values()]
    .map(({ state }) => state)
    .filter(({ deletedAt, conversationId }) => deletedAt === undefined && conversationId !== undefined);
  for (const turns of Map.groupBy(live, ({ conversationId }) => conversationId).values()) {
    let before: MemoryState | undefined;
    for (const turn of turns.sort(byTime)) {
      const previous = follows(turn, before) ? before : undefined;
      const episode =
        turn.sessionId === undefined
          ? ((previous && links.get(previous.id)?.episode) ?? turn.id)
          : JSON.stringify([turn.conversationId, turn.sessionId]);
      links.set(turn.id, { episode, ...(previous && { previousId: previous.id }) });
      before = turn;
    }
  }
  return links;
}
