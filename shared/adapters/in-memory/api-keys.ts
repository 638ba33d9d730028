import type { ApiKeyStore } from '../../access/ports.ts';
import type { ApiKeyRecord } from '../../contracts/identity/operations.ts';

export function inMemoryApiKeyStore(): ApiKeyStore {
  const rows = new Map<string, { key: ApiKeyRecord; secretHash: string }>();

  return {
    async insert(key, secretHash) {
      rows.set(key.id, { key: structuredClone(key), secretHash });
    },

    async list(tenantId) {
      return [...rows.values()]
        .map(({ key }) => structuredClone(key))
        .filter((key) => key.tenantId === tenantId)
        .sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1));
    },

    async revoke(tenantId, id, at) {
      const row = rows.get(id);
      if (row?.key.tenantId !== tenantId) return undefined;
      row.key.revokedAt ??= at;
      return structuredClone(row.key);
    },

    async findForLogin(id) {
      return structuredClone(rows.get(id));
    },
  };
}
