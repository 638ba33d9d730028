import type { Grant } from '../../access/grants.ts';
import type { PrincipalStore } from '../../access/ports.ts';

/** @param principals by the ARN of the role or user. */
export const inMemoryPrincipalStore = (
  principals: Readonly<Record<string, { tenantId: string; scopes: Grant[] }>>,
): PrincipalStore => {
  const rows = new Map(Object.entries(principals));
  return { find: async (principalArn) => structuredClone(rows.get(principalArn)) };
};
