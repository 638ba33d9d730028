import * as z from 'zod';
import { name, timestamp } from '../fields.ts';
import { defineOperations } from '../operation.ts';
import { type Role, roles, scopes } from '../scopes.ts';

const scopeList = z.array(z.enum([...scopes, '*'])).min(1);

const key = z.object({
  id: z.string(),
  tenantId: z.string(),
  name: z.string(),
  scopes: scopeList,
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string().optional(),
  revokedAt: z.string().optional(),
});
export type ApiKeyRecord = z.output<typeof key>;

export const createKeyBody = z
  .strictObject({
    name,
    scopes: scopeList.optional(),
    role: z.enum(Object.keys(roles) as [Role, ...Role[]]).optional(),
    expiresAt: timestamp.optional(),
  })
  .refine((body) => (body.scopes === undefined) !== (body.role === undefined), {
    error: 'give either scopes or a role',
  });

export const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  /** Seconds. */
  expires_in: z.number(),
  scope: z.string(),
});

/** The service's own issuer, for those who have no identity provider. */
export const identityOperations = defineOperations({
  issueToken: {
    method: 'POST',
    path: '/v1/token',
    summary: 'Exchange an API key (header x-api-key) for a JWT of 15 minutes',
    scope: 'public',
    responses: { 200: tokenAnswer },
    errors: ['unauthenticated'],
  },
  discovery: {
    method: 'GET',
    path: '/.well-known/openid-configuration',
    summary: 'Discovery document of the issuer',
    scope: 'public',
    responses: {
      200: z.object({
        issuer: z.string(),
        jwks_uri: z.string(),
        token_endpoint: z.string(),
        id_token_signing_alg_values_supported: z.array(z.string()),
        response_types_supported: z.array(z.string()),
        subject_types_supported: z.array(z.string()),
      }),
    },
    errors: [],
  },
  jwks: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'Public keys of the issuer',
    scope: 'public',
    responses: { 200: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }) },
    errors: [],
  },
  createKey: {
    method: 'POST',
    path: '/v1/admin/keys',
    summary: 'Create an API key; the secret is in this answer alone',
    scope: 'keys:write',
    body: createKeyBody,
    responses: { 201: z.object({ key, secret: z.string() }) },
    errors: [],
  },
  listKeys: {
    method: 'GET',
    path: '/v1/admin/keys',
    summary: "The tenant's API keys, without their secrets",
    scope: 'admin:read',
    responses: { 200: z.object({ keys: z.array(key) }) },
    errors: [],
  },
  revokeKey: {
    method: 'DELETE',
    path: '/v1/admin/keys/{id}',
    summary: 'Revoke an API key: it gives no more tokens',
    scope: 'keys:write',
    params: z.strictObject({ id: name }),
    responses: { 200: z.object({ key }) },
    errors: ['not_found'],
  },
});
