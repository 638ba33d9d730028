// biome-ignore lint/suspicious/noExplicitAny: answers of every operation, which tests take apart
export type Json = any;

/** An answer, read whole. `body` is its JSON, or undefined where it has none. */
export interface Answer<T = Json> {
  status: number;
  headers: Headers;
  /** The body byte for byte, for comparisons. */
  text: string;
  body: T;
}

export interface Sent {
  /** Sent as JSON; a string or bytes go out as they are. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | boolean>>;
}

export interface Http {
  readonly url: string;
  send<T = Json>(method: string, path: string, sent?: Sent): Promise<Answer<T>>;
  get<T = Json>(path: string, sent?: Sent): Promise<Answer<T>>;
  post<T = Json>(path: string, body?: unknown, sent?: Sent): Promise<Answer<T>>;
  patch<T = Json>(path: string, body?: unknown, sent?: Sent): Promise<Answer<T>>;
  delete<T = Json>(path: string, sent?: Sent): Promise<Answer<T>>;
  /** The same with more headers. */
  with(headers: Readonly<Record<string, string>>): Http;
}

function parsed(text: string, type: string | null): unknown {
  return type?.includes('json') ? JSON.parse(text) : undefined;
}

const payload = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>)
    : JSON.stringify(body);

/** How a request goes out; `fetch`, unless it has to be signed. */
export type Transport = (url: string, init: RequestInit) => Promise<Response>;

/** Calls one service over HTTP. Errors of HTTP are answers like any other; only a broken connection throws. */
export function http(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  transport: Transport = fetch,
): Http {
  async function send(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const query = new URLSearchParams(
      Object.entries(sent.query ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const target = `${url}${path}${query.size > 0 ? `?${query}` : ''}`;
    const hasBody = sent.body !== undefined;
    const response = await transport(target, {
      method,
      headers: { ...(hasBody && { 'content-type': 'application/json' }), ...headers, ...sent.headers },
      ...(hasBody && { body: payload(sent.body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: parsed(text, response.headers.get('content-type')),
    };
  }
  return {
    url,
    send,
    get: (path, sent) => send('GET', path, sent),
    post: (path, body, sent) => send('POST', path, { ...sent, body }),
    patch: (path, body, sent) => send('PATCH', path, { ...sent, body }),
    delete: (path, sent) => send('DELETE', path, sent),
    with: (more) => http(url, { ...headers, ...more }, transport),
  };
}

/** Calls as whoever the token names. */
export const bearer = (url: string, token: string): Http => http(url, { authorization: `Bearer ${token}` });
