import type { JsonObject } from '../../kernel/json.ts';
import type { Entity, Memory, Relationship } from '../../memory/model.ts';

/** A row of `memoryColumns`. `pg` gives bigint as text and timestamptz as Date. */
export interface MemoryRow {
  id: string;
  version: string;
  external_id: string | null;
  type: Memory['type'];
  tier: Memory['tier'];
  agent_id: string | null;
  service_id: string | null;
  user_id: string | null;
  conversation_id: string | null;
  session_id: string | null;
  role: string | null;
  domain: string | null;
  content: string | JsonObject;
  summary: string | null;
  tags: string[];
  importance: number;
  metadata: JsonObject;
  entities: Entity[];
  occurred_at: Date;
  valid_from: Date | null;
  valid_to: Date | null;
  expires_at: Date | null;
  deleted_at: Date | null;
  archived_at: Date | null;
  archived_excerpt: boolean | null;
  created_at: Date;
  updated_at: Date;
  access_count: string | null;
  last_accessed_at: Date | null;
  relationships: Relationship[] | null;
  embedding?: string | null;
}

/** Columns of a whole memory `m`; its access counters come from `a`, joined by the statement. */
export const memoryColumns = `m.id, m.version, m.external_id, m.type, m.tier, m.agent_id, m.service_id, m.user_id,
  m.conversation_id, m.session_id, m.role, m.domain, m.content, m.summary, m.tags, m.importance, m.metadata,
  m.entities, m.occurred_at, m.valid_from, m.valid_to, m.expires_at, m.deleted_at, m.created_at, m.updated_at,
  m.archived_at, m.archived_excerpt,
  a.access_count, a.last_accessed_at,
  (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'target', r.target, 'targetId', r.target_id, 'type', r.type, 'weight', r.weight)) order by r.type, r.target)
   from strata.memory_relationships r
   where r.tenant_id = m.tenant_id and r.source_id = m.id) as relationships`;

export const accessJoin =
  'left join strata.memory_access a on a.tenant_id = m.tenant_id and a.memory_id = m.id';

const iso = (value: Date): string => value.toISOString();

/** Leaves out what is null, so that an absent field is absent on the wire too. */
function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

export function memoryFromRow(row: MemoryRow): Memory {
  return {
    id: row.id,
    version: Number(row.version),
    type: row.type,
    tier: row.tier,
    content: row.content,
    tags: row.tags,
    importance: row.importance,
    metadata: row.metadata,
    entities: row.entities,
    relationships: row.relationships ?? [],
    occurredAt: iso(row.occurred_at),
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    accessCount: Number(row.access_count ?? 0),
    ...present({
      externalId: row.external_id,
      agentId: row.agent_id,
      serviceId: row.service_id,
      userId: row.user_id,
      conversationId: row.conversation_id,
      sessionId: row.session_id,
      role: row.role,
      domain: row.domain,
      summary: row.summary,
      validFrom: row.valid_from && iso(row.valid_from),
      validTo: row.valid_to && iso(row.valid_to),
      expiresAt: row.expires_at && iso(row.expires_at),
      deletedAt: row.deleted_at && iso(row.deleted_at),
      lastAccessedAt: row.last_accessed_at && iso(row.last_accessed_at),
      archived: row.archived_at && { at: iso(row.archived_at), excerpt: row.archived_excerpt === true },
      // the server writes a half in few digits; the number that it is comes from the archive too
      embedding: row.embedding ? (JSON.parse(row.embedding) as number[]).map(Math.f16round) : null,
    }),
  };
}
