import { limits } from '../../contracts/limits.ts';
import type { EventStream } from '../../realtime/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

interface AppendedRow {
  sequence: string;
  appended_at: Date;
  awaiting: string[];
  unfinished: string[];
}

export const postgresEventStream = (db: Database): EventStream => ({
  async append(tenantId, event) {
    const [row] = await db.query<AppendedRow>(tenantId, 'select * from strata.append_event($1, $2, $3, $4)', [
      event.id,
      event.type,
      event.occurredAt,
      JSON.stringify(event.data),
    ]);
    return (
      row && {
        event: { ...event, sequence: Number(row.sequence), appendedAt: row.appended_at.toISOString() },
        awaiting: row.awaiting,
        unfinished: row.unfinished.map(Number),
      }
    );
  },

  async finish(tenantId, eventId, { unreached, gone }) {
    await db.query(tenantId, 'select strata.finish_event($1, $2, $3)', [eventId, unreached, gone]);
  },

  async trim() {
    const [row] = await db.unscoped<{ trimmed: string }>(
      "select strata.trim_streams(interval '24 hours', $1) as trimmed",
      [limits.keptEvents],
    );
    return Number(row?.trimmed ?? 0);
  },
});

export const eventStreamProvider = postgresProvider(postgresEventStream);
