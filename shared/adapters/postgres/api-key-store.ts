import { isGrant } from '../../access/grants.ts';
import type { ApiKeyStore } from '../../access/ports.ts';
import type { ApiKeyRecord } from '../../contracts/identity/operations.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

interface ApiKeyRow {
  tenant_id: string;
  id: string;
  name: string;
  scopes: string[];
  secret_hash: string;
  created_at: Date;
  created_by: string;
  expires_at: Date | null;
  revoked_at: Date | null;
}

const columns = 'tenant_id, id, name, scopes, secret_hash, created_at, created_by, expires_at, revoked_at';

const toRecord = (row: ApiKeyRow): ApiKeyRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  name: row.name,
  scopes: row.scopes.filter(isGrant),
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
  ...(row.expires_at && { expiresAt: row.expires_at.toISOString() }),
  ...(row.revoked_at && { revokedAt: row.revoked_at.toISOString() }),
});

export const postgresApiKeyStore = (db: Database): ApiKeyStore => ({
  async insert(key, secretHash) {
    await db.query(
      key.tenantId,
      `insert into strata.api_keys (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        key.tenantId,
        key.id,
        key.name,
        key.scopes,
        secretHash,
        key.createdAt,
        key.createdBy,
        key.expiresAt ?? null,
        key.revokedAt ?? null,
      ],
    );
  },

  async list(tenantId) {
    const rows = await db.query<ApiKeyRow>(
      tenantId,
      `select ${columns} from strata.api_keys where tenant_id = strata.current_tenant() order by created_at, id`,
    );
    return rows.map(toRecord);
  },

  async revoke(tenantId, id, at) {
    const [row] = await db.query<ApiKeyRow>(
      tenantId,
      `update strata.api_keys set revoked_at = coalesce(revoked_at, $2)
        where tenant_id = strata.current_tenant() and id = $1 returning ${columns}`,
      [id, at],
    );
    return row && toRecord(row);
  },

  async findForLogin(id) {
    const [row] = await db.unscoped<ApiKeyRow>(`select ${columns} from strata.api_key_for_login($1)`, [id]);
    return row && { key: toRecord(row), secretHash: row.secret_hash };
  },
});

export const apiKeysProvider = postgresProvider(postgresApiKeyStore);
