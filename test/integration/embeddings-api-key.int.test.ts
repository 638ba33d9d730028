import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { secretApiKey } from '../../shared/adapters/remote/api-key.ts';

let server: Server;
let secrets: string[];
const asked: unknown[] = [];

beforeEach(async () => {
  asked.length = 0;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ target: request.headers['x-amz-target'], ...JSON.parse(body) });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ SecretString: secrets.shift() }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

it('fetches the secret once, and again only after it was refused', async () => {
  secrets = ['first', 'second'];
  const key = secretApiKey('arn:aws:secretsmanager:eu-central-1:1:secret:openai');
  expect(await Promise.all([key.current(), key.current()])).toEqual(['first', 'first']);
  expect(asked).toEqual([
    {
      target: 'secretsmanager.GetSecretValue',
      SecretId: 'arn:aws:secretsmanager:eu-central-1:1:secret:openai',
    },
  ]);
  expect(key.renew()).toBe(true);
  expect(await key.current()).toBe('second');
  expect(asked).toHaveLength(2);
});
