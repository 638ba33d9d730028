import { authorOf, type Memory } from '../../memory/model.ts';
import type { MemoryScope } from '../../memory/ports.ts';
import type { Candidate, RecallIndex } from '../../memory/recall/ports.ts';
import { bareText, lexicalText, wordCount } from '../../memory/write/texts.ts';
import { bm25Scores } from './recall/bm25.ts';
import { englishTerms, mergedTerms } from './recall/english.ts';
import { byTime, linkTurns } from './recall/link-turns.ts';
import { cosines } from './recall/vectors.ts';
import { scopePredicate } from './store/match-scope.ts';
import { memoryOf } from './store/memory-of.ts';
import { type InMemoryState, isExpired, nowIso, type TenantState, tenantOf } from './store/state.ts';

/** Recall's evidence from this process's memory: every scope scored whole, with a small analyser for English. */
export function inMemoryRecallIndex(shared: InMemoryState): RecallIndex {
  function selected(tenant: TenantState, scope: MemoryScope): Memory[] {
    const at = nowIso(shared);
    const matches = scopePredicate(scope);
    return [...tenant.memories.values()]
      .filter((stored) => stored.state.deletedAt === undefined && !isExpired(stored, at))
      .map((stored) => memoryOf(tenant, stored))
      .filter(matches);
  }

  return {
    async candidates(tenantId, { scope, text = '', vector, graphHits }) {
      const tenant = tenantOf(shared, tenantId);
      const memories = selected(tenant, scope);
      const links = linkTurns(tenant);
      const cosineOf = vector && cosines(tenant, links, vector);
      const query = englishTerms(text);

      const archived = (id: string) => tenant.memories.get(id)?.archived;
      const terms = new Map(
        memories.map((memory) => [
          memory.id,
          englishTerms(archived(memory.id)?.lexicalText ?? lexicalText(memory)),
        ]),
      );
      const scores = bm25Scores([...terms.values()], query);
      const own = new Map([...terms.keys()].map((id, index) => [id, scores[index] ?? 0]));
      const members = Map.groupBy(terms.keys(), (id) => links.get(id)?.episode);
      members.delete(undefined);
      const episodeScores = bm25Scores(
        [...members.values()].map((ids) => mergedTerms(ids.flatMap((id) => terms.get(id) ?? []))),
        query,
      );
      const episodes = new Map([...members.keys()].map((name, index) => [name, episodeScores[index] ?? 0]));
      const graph = new Map(graphHits.map((hit) => [hit.id, hit.score]));

      return memories.map((memory): Candidate => {
        const { id, importance, occurredAt } = memory;
        const { previousId, episode } = links.get(id) ?? {};
        const author = authorOf(memory);
        const cosine = cosineOf?.(id);
        return {
          id,
          importance,
          occurredAt,
          own: own.get(id) ?? 0,
          previous: (previousId && own.get(previousId)) || 0,
          episode: episodes.get(episode) ?? 0,
          graph: graph.get(id) ?? 0,
          words: archived(id)?.words ?? wordCount(bareText(memory.content)),
          ...(author !== undefined && { author }),
          ...(cosine !== undefined && { cosine }),
        };
      });
    },

    async knownAuthors(tenantId, scope, names) {
      const authors = selected(tenantOf(shared, tenantId), scope).flatMap((memory) => authorOf(memory) ?? []);
      const spelling = new Map(authors.map((author) => [author.toLowerCase(), author]));
      return names.flatMap((name) => spelling.get(name) ?? []).sort();
    },

    async nearest(tenantId, scope, vector, limit) {
      const tenant = tenantOf(shared, tenantId);
      const cosineOf = cosines(tenant, linkTurns(tenant), vector);
      return selected(tenant, scope)
        .flatMap(({ id }) => {
          const cosine = cosineOf(id);
          return cosine === undefined ? [] : [{ id, cosine }];
        })
        .sort((a, b) => b.cosine - a.cosine || a.id.localeCompare(b.id))
        .slice(0, limit);
    },

    async recentTurns(tenantId, conversationId, limit) {
      const turns = selected(tenantOf(shared, tenantId), { conversationId }).sort(byTime);
      return turns.slice(Math.max(0, turns.length - limit)).map((turn) => turn.id);
    },
  };
}
