import type { StoreItem } from '../../contracts/memory/store.ts';
import { newId } from '../../kernel/ids.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { normalizeEntity } from '../entities.ts';
import type { Entity, MemoryState, Relationship } from '../model.ts';
import { importanceFromWire } from '../wire.ts';
import type { RedactionRun } from './redaction-run.ts';

/** Importance of a memory about which nothing was said. */
const defaultImportance = 0.5;
/** Working memory is kept for a day unless the caller says otherwise. */
const workingTtlSeconds = 86_400;

type GivenEntity = NonNullable<StoreItem['entities']>[number];

/** A caller's entity, redacted, with its identity filled in. */
export function entityFromGiven(given: GivenEntity, redaction: RedactionRun): Entity {
  const value = redaction.text(given.value);
  const { normalized } = given;
  return {
    ...given,
    value,
    normalized: normalized === undefined ? normalizeEntity(value) : redaction.text(normalized),
  };
}

function relationshipsOf(item: StoreItem): Relationship[] {
  if (item.relationships === undefined) return [];
  if (Array.isArray(item.relationships)) return item.relationships;
  const related = item.relationships.relatedMemories.map(
    (target): Relationship => ({ target, type: 'RELATED_TO', weight: 1 }),
  );
  return [...item.relationships.edges, ...related];
}

/** One edge for each type and target: the last one given wins. */
export function distinctEdges(edges: Relationship[]): Relationship[] {
  return [...new Map(edges.map((edge) => [`${edge.type} ${edge.target}`, edge])).values()];
}

export const expiry = (ttlSeconds: number, now: Date): string =>
  new Date(now.getTime() + ttlSeconds * 1_000).toISOString();

/** Copies the optional fields that are there: an absent field stays absent, which the digest relies on. */
function pick<T extends object, K extends keyof T>(
  from: T,
  keys: readonly K[],
): { [P in K]?: Exclude<T[P], undefined> } {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as {
    [P in K]?: Exclude<T[P], undefined>;
  };
}

/**
 * What a request to store says, as the state of a new memory: personal data redacted, seed 1's metadata keys
 * lifted into the fields they name, importance on the inner scale.
 */
export function stateFromItem(item: StoreItem, redaction: RedactionRun, now: Date): MemoryState {
  // checked by the contract as the fields that they stand for
  const lifted = item.metadata as JsonObject & {
    timestamp?: string;
    tags?: string[];
    importance?: number;
    sessionId?: string;
  };
  const ttl = item.ttlSeconds ?? (item.memoryType === 'working' ? workingTtlSeconds : undefined);
  const importance = item.importance ?? lifted.importance;
  const sessionId = item.sessionId ?? lifted.sessionId;
  return {
    id: newId(),
    type: item.memoryType,
    content: typeof item.content === 'string' ? redaction.text(item.content) : redaction.json(item.content),
    tags: [...new Set((item.tags ?? lifted.tags ?? []).map((tag) => redaction.text(tag)))],
    importance: importance === undefined ? defaultImportance : importanceFromWire(importance),
    metadata: redaction.json(item.metadata),
    entities: (item.entities ?? []).map((given) => entityFromGiven(given, redaction)),
    relationships: distinctEdges(relationshipsOf(item)),
    occurredAt: item.occurredAt ?? new Date(lifted.timestamp ?? now).toISOString(),
    ...pick(item, [
      'externalId',
      'agentId',
      'serviceId',
      'userId',
      'conversationId',
      'role',
      'domain',
      'validFrom',
      'validTo',
    ]),
    ...(sessionId !== undefined && { sessionId }),
    ...(item.summary !== undefined && { summary: redaction.text(item.summary) }),
    ...(ttl !== undefined && { expiresAt: expiry(ttl, now) }),
  };
}
