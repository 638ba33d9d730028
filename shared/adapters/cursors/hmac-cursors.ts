import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { AppError } from '../../kernel/app-error.ts';
import type { PageCursors, PagePosition } from '../../memory/ports.ts';
import type { Provider } from '../../runtime/deps.ts';

const position = z.array(z.json()).min(1).max(8);

const invalid = () =>
  new AppError('invalid_cursor', 'The cursor is not one that this list gave you; start again without it.');

/**
 * Cursors as `<position>.<HMAC-SHA256>`, both base64url. The tenant and the list are in the signature and not in
 * the text, so a cursor of another tenant or list fails like a forged one.
 */
export function hmacCursors(key: string): PageCursors {
  const sign = (tenantId: string, list: string, payload: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([tenantId, list, payload]))
      .digest();
  return {
    seal: (tenantId, list, at) => {
      const payload = Buffer.from(JSON.stringify(at)).toString('base64url');
      return `${payload}.${sign(tenantId, list, payload).toString('base64url')}`;
    },
    open: (tenantId, list, cursor) => {
      const [payload = '', signature = '', ...rest] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(tenantId, list, payload);
      if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
        throw invalid();
      const parsed = position.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
      if (!parsed.success) throw invalid();
      return parsed.data as PagePosition;
    },
  };
}

const config = z.object({ CURSOR_KEY: z.string().min(32) });

export const pageCursorsProvider: Provider<PageCursors, typeof config> = {
  config,
  build: ({ CURSOR_KEY }) => hmacCursors(CURSOR_KEY),
};
