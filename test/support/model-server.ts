import { createHash } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo, Server } from 'node:net';

/** What goes wrong with one request; the queue of faults is used up in order. */
export type Fault =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | 'hang'
  | 'reset'
  | 'truncated'
  | { change: (answer: Json) => unknown };

// biome-ignore lint/suspicious/noExplicitAny: answers of four APIs, which tests take apart and break
export type Json = any;

export interface Received {
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: Json;
}

export interface ModelServer {
  /** HTTP/1.1, for the OpenAI-compatible API; ends in `/v1`. */
  url: string;
  /** HTTP/2 without TLS, for the Bedrock runtime, whose SDK speaks nothing else. */
  bedrockUrl: string;
  requests: Received[];
  failNext(...faults: Fault[]): void;
  /** What the chat model finds, of both APIs. */
  answerWith(entities: unknown): void;
  close(): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** A vector that depends on the text alone. */
export function vectorOf(text: string, dimension: number): number[] {
  const digest = createHash('sha256').update(text).digest();
  return Array.from({ length: dimension }, (_, i) => (digest[i % digest.length]! - 127.5) / 128);
}

/** Speaks the wire formats of OpenAI's embeddings and chat completions, and of Bedrock's InvokeModel and Converse. */
export async function startModelServer(dimension = 8): Promise<ModelServer> {
  const requests: Received[] = [];
  const faults: Fault[] = [];
  let entities: unknown = [];

  function answer(path: string, body: Json): unknown {
    if (path.endsWith('/embeddings')) {
      const data = body.input.map((text: string, index: number) => ({
        object: 'embedding',
        index,
        embedding: vectorOf(text, body.dimensions ?? dimension),
      }));
      // the API does not promise an order, the index is what counts
      return {
        object: 'list',
        model: body.model,
        data: data.reverse(),
        usage: { prompt_tokens: 1, total_tokens: 1 },
      };
    }
    if (path.endsWith('/chat/completions')) {
      const message = { role: 'assistant', content: JSON.stringify({ entities }), refusal: null };
      return { id: 'x', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] };
    }
    if (path.endsWith('/invoke')) {
      return { embedding: vectorOf(body.inputText, body.dimensions), inputTextTokenCount: 3 };
    }
    if (path.endsWith('/converse')) {
      const toolUse = { toolUseId: 't1', name: body.toolConfig.toolChoice.tool.name, input: { entities } };
      return {
        output: { message: { role: 'assistant', content: [{ text: 'I look.' }, { toolUse }] } },
        stopReason: 'tool_use',
        usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
        metrics: { latencyMs: 1 },
      };
    }
    throw new Error(`no such path: ${path}`);
  }

  async function serve(request: Request, response: Response): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const body: Json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    requests.push({
      path: decodeURIComponent(pathname),
      query: searchParams,
      headers: request.headers,
      body,
    });
    const fault = faults.shift();
    if (fault === 'hang') return;
    if (fault === 'reset') {
      request.socket.destroy();
      return;
    }
    if (typeof fault === 'object' && 'status' in fault) {
      const problem = fault.body ?? { error: { message: `secret detail about ${JSON.stringify(body)}` } };
      send(response, fault.status, JSON.stringify(problem), fault.headers);
      return;
    }
    const good = answer(pathname, body);
    const text = JSON.stringify(typeof fault === 'object' ? fault.change(good) : good);
    send(response, 200, fault === 'truncated' ? text.slice(0, text.length / 2) : text);
  }

  const http1 = createHttpServer((request, response) => void serve(request, response));
  const http2 = createHttp2Server((request, response) => void serve(request, response));
  const sessions = new Set<{ destroy(): void }>();
  http2.on('session', (session) => sessions.add(session));
  const [port1, port2] = await Promise.all([listen(http1), listen(http2)]);

  return {
    url: `http://127.0.0.1:${port1}/v1`,
    bedrockUrl: `http://127.0.0.1:${port2}`,
    requests,
    failNext: (...next) => void faults.push(...next),
    answerWith(found) {
      entities = found;
    },
    async close() {
      http1.closeAllConnections();
      for (const session of sessions) session.destroy();
      await Promise.all([http1, http2].map((server) => new Promise((done) => server.close(done))));
    },
  };
}

function send(response: Response, status: number, body: string, headers: Record<string, string> = {}): void {
  (response as ServerResponse).writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}
