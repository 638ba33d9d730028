import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LocalFunction } from '../../../scripts/local/functions.ts';
import type { Backend } from '../../../scripts/local/gateway/gateway.ts';
import { authorize, gatewayUnderTest, spec } from './gateway-under-test.ts';

describe('connections of the gateway', () => {
  const under = gatewayUnderTest();

  it('serves a request that offers HTTP/2, as clients of some languages do', async () => {
    const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
    expect(await under.raw('/things', 'GET', offer)).toEqual({ status: 200, body: 'fine' });
  });

  const tenMegabytes = 10 * 1024 * 1024;
  it('refuses a body that announces more than ten megabytes', async () => {
    const body = Buffer.alloc(tenMegabytes + 1);
    const response = await fetch(`${under.gateway.url}/things/1/parts/2`, { method: 'PUT', body });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      code: 'payload_too_large',
      details: { limit: tenMegabytes },
    });
    expect(under.events).toEqual([]);
  });

  it('stops reading a body of unknown length at ten megabytes', async () => {
    const socket = connect(under.gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('PUT /things/1/parts/2 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000), Buffer.from('\r\n')]);
    for (let count = 0; count < 11; count += 1) socket.write(piece);
    const [head] = await once(socket, 'data');
    expect(String(head)).toMatch(/^HTTP\/1\.1 413 /);
    expect(under.events).toEqual([]);
    await once(socket, 'close');
  });

  it('takes a body of just ten megabytes', async () => {
    const body = Buffer.alloc(tenMegabytes);
    expect((await fetch(`${under.gateway.url}/things/1/parts/2`, { method: 'PUT', body })).status).toBe(200);
    expect(under.events[0]?.body).toHaveLength(Math.ceil(tenMegabytes / 3) * 4);
  });

  it('finishes what has begun before it stops', async () => {
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    under.answer = async () => {
      begun.resolve();
      await release.promise;
      return { statusCode: 200, body: 'late' };
    };
    const response = fetch(`${under.gateway.url}/things`);
    await begun.promise;
    const stopped = under.gateway.stop();
    release.resolve();
    expect(await (await response).text()).toBe('late');
    await stopped;
    await expect(fetch(`${under.gateway.url}/things`)).rejects.toThrow();
  });

  const half = 'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nconnection: close\r\n';

  it('refuses a token when the client has sent all, who would see a broken pipe before', async () => {
    const socket = connect(under.gateway.port, '127.0.0.1');
    const order: string[] = [];
    socket.on('data', (data) => order.push(data.toString().split('\r\n')[0]!));
    socket.write(`${half}authorization: Bearer bad\r\n\r\nab`);
    await setTimeout(100);
    order.push('sent');
    socket.write('cd');
    await once(socket, 'close');
    expect(order[0]).toBe('sent');
    expect(order[1]).toBe('HTTP/1.1 401 Unauthorized');
  });

  it('takes a client that goes while it sends for no failure', async () => {
    const socket = connect(under.gateway.port, '127.0.0.1');
    socket.write(`${half}authorization: Bearer good\r\n\r\nab`);
    await setTimeout(100);
    socket.resetAndDestroy();
    await setTimeout(100);
    expect(under.error).not.toHaveBeenCalled();
  });

  it('lets requests wait that come before the functions are there', async () => {
    await under.gateway.stop();
    const backend = Promise.withResolvers<Backend>();
    await under.start({ backend: backend.promise });
    const response = fetch(`${under.gateway.url}/things`);
    const functions: LocalFunction[] = [
      {
        spec,
        checkConfiguration: () => undefined,
        invoke: async () => ({ statusCode: 200, body: 'here now' }),
      },
    ];
    backend.resolve({ functions, authorize });
    expect(await (await response).text()).toBe('here now');
  });
});
