import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../kernel/app-error.ts';
import type { PageCursors, PagePosition } from '../../memory/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { storedSecret } from '../secrets/stored-secret.ts';

const position = z.array(z.json()).min(1).max(8);

const invalid = () =>
  new AppError('invalid_cursor', 'The cursor is not one that this list gave you; start again without it.');

/**
 * Cursors as `<position>.<HMAC-SHA256>`, both base64url. The tenant and the list are in the signature and not in
 * the text, so a cursor of another tenant or list fails like a forged one.
 */
export function hmacCursors(key: () => Promise<string>): PageCursors {
  const sign = async (tenantId: string, list: string, payload: string) =>
    createHmac('sha256', await key())
      .update(JSON.stringify([tenantId, list, payload]))
      .digest();
  return {
    seal: async (tenantId, list, at) => {
      const payload = Buffer.from(JSON.stringify(at)).toString('base64url');
      return `${payload}.${(await sign(tenantId, list, payload)).toString('base64url')}`;
    },
    open: async (tenantId, list, cursor) => {
      const [payload = '', signature = '', ...rest] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = await sign(tenantId, list, payload);
      if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
        throw invalid();
      const parsed = position.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
      if (!parsed.success) throw invalid();
      return parsed.data as PagePosition;
    },
  };
}

const config = z
  .object({
    CURSOR_KEY: z.string().min(32).optional(),
    /** ARN or name of a secret with the key; wins over `CURSOR_KEY`. */
    CURSOR_KEY_SECRET_ARN: z.string().min(1).optional(),
  })
  .superRefine((given, context) => {
    if (given.CURSOR_KEY === undefined && given.CURSOR_KEY_SECRET_ARN === undefined) {
      context.addIssue({ code: 'custom', path: ['CURSOR_KEY'], message: 'or its secret must be set' });
    }
  });

export const pageCursorsProvider: Provider<PageCursors, typeof config> = {
  config,
  build({ CURSOR_KEY: key, CURSOR_KEY_SECRET_ARN: secretArn }) {
    if (secretArn !== undefined) return hmacCursors(storedSecret(secretArn).current);
    return hmacCursors(async () => {
      // the configuration's own check has found one of the two; an empty key would sign for everybody
      if (key === undefined) throw new AppError('internal', 'The key of the cursors is not configured.');
      return key;
    });
  },
};
