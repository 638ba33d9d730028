import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../embedded/listen.ts';
import type { EmbeddedServer } from '../embedded/part.ts';
import type { LocalConnections } from './connections.ts';

const path = /^\/@connections\/([^/?]+)$/;

/** The part of API Gateway's management API that sends to clients and ends connections. */
export async function startManagementServer(
  connections: LocalConnections,
  wantedPort: number,
): Promise<EmbeddedServer> {
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body = await text(request);
    const encoded = path.exec(request.url ?? '')?.[1];
    if (encoded === undefined) return send(response, 404, 'NotFoundException');
    const connectionId = decodeURIComponent(encoded);
    if (request.method === 'DELETE') {
      return connections.close(connectionId) ? send(response, 204) : send(response, 410, 'GoneException');
    }
    if (request.method !== 'POST') return send(response, 405, 'MethodNotAllowedException');
    const outcome = connections.post(connectionId, body);
    if (outcome === 'gone') return send(response, 410, 'GoneException');
    return outcome === 'full' ? send(response, 429, 'LimitExceededException') : send(response, 200);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const port = await listen(server, wantedPort);
  return {
    port,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function send(response: ServerResponse, status: number, error?: string) {
  response
    .writeHead(
      status,
      error === undefined ? {} : { 'x-amzn-errortype': error, 'content-type': 'application/json' },
    )
    .end(error === undefined ? '' : JSON.stringify({ message: error }));
}
