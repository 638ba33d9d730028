import type { IncomingMessage } from 'node:http';

export interface Cors {
  /** Headers that allow this request's origin to read the answer; none for an origin that is not configured. */
  headers(request: IncomingMessage): Record<string, string>;
  /** Whether the request only asks what a browser may send. */
  isPreflight(request: IncomingMessage): boolean;
}

const exposed =
  'etag,x-request-id,retry-after,ratelimit,ratelimit-policy,idempotency-replayed,www-authenticate';
const allowedHeaders = 'authorization,content-type,idempotency-key,if-match,x-api-key';
const allowedMethods = 'GET,POST,PUT,PATCH,DELETE';

/** CORS for the origins that are configured, like that of an HTTP API. Tokens are sent by hand, so no cookies. */
export function cors(origins: readonly string[]): Cors {
  return {
    isPreflight: ({ method, headers }) =>
      origins.length > 0 && method === 'OPTIONS' && headers['access-control-request-method'] !== undefined,
    headers({ method, headers: { origin } }) {
      if (origin === undefined || !origins.includes(origin)) return {};
      return {
        'access-control-allow-origin': origin,
        vary: 'origin',
        ...(method === 'OPTIONS'
          ? {
              'access-control-allow-headers': allowedHeaders,
              'access-control-allow-methods': allowedMethods,
              'access-control-max-age': '600',
            }
          : { 'access-control-expose-headers': exposed }),
      };
    },
  };
}
