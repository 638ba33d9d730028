import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { RequestContext } from '../../../shared/runtime/handlers.ts';
import { event, fakeAnswers, jwt, things } from './support.ts';

const store = (body: string, key = 'key-1', tenant = 'acme') =>
  event('POST', '/things', {
    body,
    headers: { 'idempotency-key': key },
    authorizer: jwt({ tenant_id: tenant }),
  });

describe('a request under an idempotency key', () => {
  it('is answered again without a second effect', async () => {
    const { send, calls } = things();
    const first = await send(store('{"content":"a","importance":1}'));
    const again = await send(store(' {"importance":1.0, "content":"a"}'));
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(calls()).toBe(1);
  });

  it('is refused with another body, and with another operation', async () => {
    const { send, calls } = things();
    await send(store('{"content":"a"}'));
    const other = await send(store('{"content":"b"}'));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    const patch = event('PATCH', '/things/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b', {
      body: '{"importance":1}',
      headers: { 'idempotency-key': 'key-1' },
    });
    expect((await send(patch)).status).toBe(422);
    expect(calls()).toBe(1);
  });

  it.each([
    ['1', '10'],
    ['a:b', 'a'],
    ['a', 'a '],
    ['a', 'A'],
    ['é', 'e\u0301'],
    ['%', '_'],
  ])('keeps the tenants %j and %j apart', async (one, other) => {
    const { send, calls } = things();
    await send(store('{"content":"a"}', 'key-1', one));
    expect((await send(store('{"content":"b"}', 'key-1', other))).status).toBe(201);
    expect(calls()).toBe(2);
  });

  it('of two at once answers both with what was recorded first', async () => {
    const { send } = things({ onStore: () => Promise.resolve() });
    const [left, right] = await Promise.all([send(store('{"content":"a"}')), send(store('{"content":"a"}'))]);
    expect(left.body).toEqual(right.body);
  });

  it('may be tried again after a failure', async () => {
    let fails = true;
    const { send } = things({
      onStore: () => {
        if (fails) throw new AppError('store_unavailable', 'The store is away.', { retryable: true });
      },
    });
    expect((await send(store('{"content":"a"}'))).status).toBe(503);
    fails = false;
    expect((await send(store('{"content":"a"}'))).status).toBe(201);
  });

  it('fails when its answer cannot be recorded, so that the client asks again', async () => {
    const answers = fakeAnswers();
    answers.record = async () => {
      throw new AppError('store_unavailable', 'The store is away.', { retryable: true });
    };
    const reply = await things({ answers }).send(store('{"content":"a"}'));
    expect([reply.status, reply.body.code]).toEqual([503, 'store_unavailable']);
  });

  it('hands the key and the hash of the request to the handler', async () => {
    const seen: RequestContext['idempotency'][] = [];
    const { send } = things({ onStore: (context) => seen.push(context.idempotency) });
    await send(store('{"content":"a"}', 'x'));
    await send(store('{"content":"b"}', 'y'));
    expect(seen.map((key) => key?.key)).toEqual(['x', 'y']);
    expect(seen[0]?.requestHash).toMatch(/^[0-9a-f]{64}$/);
    expect(seen[0]?.requestHash).not.toBe(seen[1]?.requestHash);
  });
});
