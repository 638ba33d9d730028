/** What a token may do. `*` in a token stands for all of them. */
export const scopes = [
  'memory:read',
  'memory:write',
  'memory:delete',
  'persistence:read',
  'admin:read',
  'keys:write',
] as const;
export type Scope = (typeof scopes)[number];

/** Named sets of scopes that an API key can be given in one word. */
export const roles = {
  reader: ['memory:read'],
  writer: ['memory:read', 'memory:write'],
  curator: ['memory:read', 'memory:write', 'memory:delete'],
  operator: ['persistence:read', 'admin:read'],
  admin: scopes,
} as const satisfies Record<string, readonly Scope[]>;
export type Role = keyof typeof roles;
