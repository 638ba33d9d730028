import { isGrant } from '../../access/grants.ts';
import type { PrincipalStore } from '../../access/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

export const postgresPrincipalStore = (db: Database): PrincipalStore => ({
  async find(principalArn) {
    const [row] = await db.unscoped<{ tenant_id: string; scopes: string[] }>(
      'select tenant_id, scopes from strata.principal_for($1)',
      [principalArn],
    );
    return row && { tenantId: row.tenant_id, scopes: row.scopes.filter(isGrant) };
  },
});

export const principalsProvider = postgresProvider(postgresPrincipalStore);
