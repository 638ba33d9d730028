import { createKey } from '../../shared/access/create-key.ts';
import { discoveryDocument } from '../../shared/access/discovery-document.ts';
import { issueToken } from '../../shared/access/issue-token.ts';
import { revokeKey } from '../../shared/access/revoke-key.ts';
import type { HttpHandlers } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

/** A secret must not stay in a cache on the way (RFC 6749, 5.1). */
const secret = { 'cache-control': 'no-store' };
const verifiers = { 'cache-control': 'public, max-age=300' };

export const handlers: HttpHandlers<typeof spec> = (deps) => ({
  issueToken: async (_input, { headers, baseUrl }) => ({
    status: 200,
    headers: secret,
    body: await issueToken(headers['x-api-key'], baseUrl, deps),
  }),
  discovery: async (_input, { baseUrl }) => ({
    status: 200,
    body: discoveryDocument(baseUrl, deps.tokenSigner),
  }),
  jwks: async () => ({
    status: 200,
    headers: verifiers,
    body: { keys: await deps.tokenSigner.publicKeys() },
  }),
  createKey: async ({ body }, { caller }) => ({
    status: 201,
    headers: secret,
    body: await createKey(body, caller, deps),
  }),
  listKeys: async (_input, { caller }) => ({
    status: 200,
    body: { keys: await deps.apiKeys.list(caller.tenantId) },
  }),
  revokeKey: async ({ params }, { caller }) => ({
    status: 200,
    body: { key: await revokeKey(params.id, caller, deps) },
  }),
});
