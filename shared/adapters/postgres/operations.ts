import { AppError } from '../../kernel/app-error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Operation, Operations } from '../../lifecycle/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

interface OperationRow {
  id: string;
  kind: Operation['kind'];
  memory_id: string;
  state: Operation['status'];
  error: string | null;
  created_at: Date;
  finished_at: Date | null;
}

const columns = 'id, kind, memory_id, state, error, created_at, finished_at';

const operationFromRow = (row: OperationRow): Operation => ({
  operationId: row.id,
  kind: row.kind,
  memoryId: row.memory_id,
  status: row.state,
  createdAt: row.created_at.toISOString(),
  ...(row.finished_at && { finishedAt: row.finished_at.toISOString() }),
  ...(row.error !== null && { error: row.error }),
});

/** Work that outlives a request. */
export const postgresOperations = (db: Database): Operations => ({
  begin: async (tenantId, { kind, memoryId }) => {
    const id = newId();
    // the update changes nothing: it is what makes the statement answer the row that is in the way
    const [row] = await db.query<OperationRow>(
      tenantId,
      `insert into strata.operations as o (tenant_id, id, kind, memory_id)
       select m.tenant_id, $1, $2, m.id from strata.memories m
       where m.tenant_id = strata.current_tenant() and m.id = $3
       for key share
       on conflict (tenant_id, memory_id, kind) where state = 'running' do update set kind = o.kind
       returning ${columns}`,
      [id, kind, memoryId],
    );
    if (!row) throw new AppError('not_found', 'There is no memory with this id.');
    return { operation: operationFromRow(row), created: row.id === id };
  },

  find: async (tenantId, operationId) => {
    const [row] = await db.query<OperationRow>(
      tenantId,
      `select ${columns} from strata.operations where tenant_id = strata.current_tenant() and id = $1`,
      [operationId],
    );
    return row && operationFromRow(row);
  },

  running: async (limit) => {
    const rows = await db.unscoped<{ tenant_id: string; operation_id: string }>(
      'select * from strata.operations_running($1)',
      [limit],
    );
    return rows.map(({ tenant_id: tenantId, operation_id: operationId }) => ({ tenantId, operationId }));
  },

  finish: async (tenantId, operationId, error) => {
    await db.query(
      tenantId,
      `update strata.operations set state = $2, error = $3, finished_at = now()
       where tenant_id = strata.current_tenant() and id = $1 and state = 'running'`,
      [operationId, error === undefined ? 'succeeded' : 'failed', error ?? null],
    );
  },

  expire: async (afterDays) => {
    const [row] = await db.unscoped<{ expired: string }>(
      'select strata.expire_operations(make_interval(days => $1)) as expired',
      [afterDays],
    );
    return Number(row?.expired ?? 0);
  },
});

export const operationsProvider = postgresProvider(postgresOperations);
