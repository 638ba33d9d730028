import { limits } from '../../contracts/limits.ts';
import type { Scope } from '../../contracts/scopes.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Streamed } from '../../realtime/model.ts';
import type { Overdue, SocketConnections } from '../../realtime/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

interface ConnectionRow {
  tenant_id: string;
  subject: string;
  scopes: Scope[];
  service_id: string | null;
  expires_at: Date;
}

interface SubscriptionRow {
  head: string;
  missed: Streamed[];
  kept_since: Date | null;
}

const forgotten = () => new AppError('gone', 'This connection is not known any more; connect again.');
const tooMany = () =>
  new AppError(
    'too_many_connections',
    `A tenant has at most ${limits.connectionsPerTenant} connections; end one that is not needed.`,
    { details: { limit: limits.connectionsPerTenant } },
  );

/** PostgreSQL writes a time in JSON with the offset of its session. */
const inUtc = (time: string) => new Date(time).toISOString();

export const postgresSocketConnections = (db: Database): SocketConnections => ({
  async open({ tenantId, connectionId, subject, scopes, expiresAt }) {
    const [row] = await db.query<{ opened: boolean }>(
      tenantId,
      'select strata.open_socket($1, $2, $3, $4, $5) as opened',
      [connectionId, subject, scopes, expiresAt, limits.connectionsPerTenant],
    );
    if (!row?.opened) throw tooMany();
  },

  async find(connectionId) {
    const [row] = await db.unscoped<ConnectionRow>('select * from strata.socket_connection($1)', [
      connectionId,
    ]);
    return (
      row && {
        tenantId: row.tenant_id,
        connectionId,
        subject: row.subject,
        scopes: row.scopes,
        expiresAt: row.expires_at.toISOString(),
        ...(row.service_id !== null && { serviceId: row.service_id }),
      }
    );
  },

  async identify(tenantId, connectionId, { serviceId, filter }) {
    const [row] = await db.query<{ head: string; subscribed: boolean }>(
      tenantId,
      'select * from strata.identify_socket($1, $2, $3)',
      [connectionId, serviceId, filter ? JSON.stringify(filter) : null],
    );
    if (!row) throw forgotten();
    return { head: { sequence: Number(row.head) }, subscribed: row.subscribed };
  },

  async subscribe(tenantId, connectionId, { filter, after, limit }) {
    const [row] = await db.query<SubscriptionRow>(
      tenantId,
      'select * from strata.subscribe_socket($1, $2, $3, $4, $5)',
      [connectionId, JSON.stringify(filter), after?.sequence ?? null, after?.except ?? [], limit],
    );
    if (!row) throw forgotten();
    return {
      head: { sequence: Number(row.head) },
      missed: row.missed.map((event) => ({
        ...event,
        occurredAt: inUtc(event.occurredAt),
        appendedAt: inUtc(event.appendedAt),
      })),
      ...(row.kept_since && { keptSince: row.kept_since.toISOString() }),
    };
  },

  async unsubscribe(tenantId, connectionId) {
    await db.query(
      tenantId,
      `update strata.socket_connections set filter = null
       where tenant_id = strata.current_tenant() and connection_id = $1`,
      [connectionId],
    );
  },

  async others(tenantId, except, serviceId) {
    const rows = await db.query<{ connection_id: string }>(
      tenantId,
      `select connection_id from strata.socket_connections
       where tenant_id = strata.current_tenant() and connection_id <> $1 and expires_at > now()
         and ($2::text is null or service_id = $2)`,
      [except, serviceId ?? null],
    );
    return rows.map((row) => row.connection_id);
  },

  async anyListening(tenantId) {
    const [row] = await db.query<{ listening: boolean }>(
      tenantId,
      `select exists (
         select from strata.socket_connections
         where tenant_id = strata.current_tenant() and filter is not null and expires_at > now()
       ) as listening`,
    );
    return row?.listening === true;
  },

  async forget(tenantId, connectionIds) {
    await db.query(
      tenantId,
      'delete from strata.socket_connections where tenant_id = strata.current_tenant() and connection_id = any ($1)',
      [connectionIds],
    );
  },

  async overdue(limit) {
    const rows = await db.unscoped<{
      tenant_id: string;
      connection_id: string;
      reason: Overdue['reason'];
    }>('select * from strata.overdue_sockets($1)', [limit]);
    return rows.map((row) => ({
      tenantId: row.tenant_id,
      connectionId: row.connection_id,
      reason: row.reason,
    }));
  },
});

export const socketConnectionsProvider = postgresProvider(postgresSocketConnections);
