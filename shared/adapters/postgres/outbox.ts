import type { EventEnvelope, EventType } from '../../contracts/events.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Outbox } from '../../replication/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

interface OutboxRow {
  tenant_id: string;
  id: string;
  type: EventType;
  data: JsonObject;
  created_at: Date;
}

/** Events that writes left. They stay locked while the bus takes them, so two relays never share one. */
export const postgresOutbox = (db: Database): Outbox => ({
  drain: (limit, publish) =>
    db.transaction(async (run) => {
      const rows = await run<OutboxRow>('select * from strata.claim_outbox($1)', [limit]);
      if (rows.length === 0) return { claimed: 0, published: 0 };
      const events = rows.map(
        (row): EventEnvelope => ({
          id: row.id,
          type: row.type,
          schemaVersion: 1,
          tenantId: row.tenant_id,
          occurredAt: row.created_at.toISOString(),
          data: row.data,
        }),
      );
      const accepted = new Set(await publish(events));
      const published = rows.filter((row) => accepted.has(row.id));
      await run('select strata.delete_published($1, $2)', [
        published.map((row) => row.tenant_id),
        published.map((row) => row.id),
      ]);
      return { claimed: rows.length, published: published.length };
    }),
});

export const outboxProvider = postgresProvider(postgresOutbox);
