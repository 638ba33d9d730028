import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { spec } from '../../../functions/project-graph/spec.ts';
import { type GraphChange, graphChange } from '../../../shared/contracts/messages.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { QueueHandler } from '../../../shared/runtime/handlers.ts';
import { queueFunction } from '../../../shared/runtime/queue/queue-function.ts';
import { context, provide, recordingHost } from './support.ts';

const memoryId = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const change: GraphChange = { schemaVersion: 1, tenantId: 'acme', memoryId, version: 1 };
const body = (over: object = {}) => JSON.stringify({ ...change, ...over });
const batch = (...records: { messageId?: string; body?: string }[]) => ({ Records: records }) as SQSEvent;
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

function consumer(handler?: QueueHandler<typeof spec, GraphChange>) {
  const seen: string[][] = [];
  const recording = recordingHost();
  const providers = { syncState: provide({} as never), graph: provide({} as never) };
  const run = queueFunction(
    spec,
    graphChange,
    async (messages, deps, about) => {
      seen.push(messages.map(({ messageId }) => messageId));
      return handler ? handler(messages, deps, about) : { retry: [] };
    },
    providers as never,
    recording.host,
  );
  return { seen, ...recording, run: (event: SQSEvent, remaining?: number) => run(event, context(remaining)) };
}

describe('a batch', () => {
  it('goes to the handler as a whole', async () => {
    const { run, seen } = consumer();
    expect(await run(batch({ messageId: 'a', body: body() }, { messageId: 'b', body: body() }))).toEqual(
      failures(),
    );
    expect(seen).toEqual([['a', 'b']]);
  });

  it.each([
    ['no JSON', '{"schemaVersion":1'],
    ['nothing', ''],
    ['null', 'null'],
    ['an unknown schema version', body({ schemaVersion: 2 })],
    ['an unknown field', body({ content: 'x' })],
    ['a version beyond any', body({ version: 1e20 })],
    ['a NUL', body({ tenantId: 'a\0' })],
    ['a key twice', `{"version":2,${body().slice(1)}`],
    ['1 MB', body({ tenantId: 'x'.repeat(1_048_576) })],
    ['undefined', undefined],
  ])('gives back a record with %s alone', async (_name, poison) => {
    const { run, seen, lines } = consumer();
    const records = [
      { messageId: 'a', body: body() },
      { messageId: 'bad', ...(poison === undefined ? {} : { body: poison }) },
    ];
    expect(await run(batch(...records, { messageId: 'c', body: body() }))).toEqual(failures('bad'));
    expect(seen).toEqual([['a', 'c']]);
    expect(lines[0]).toMatchObject({ level: 'error', fields: { messageId: 'bad' } });
  });

  it('without records is nothing to do', async () => {
    const { run, seen } = consumer();
    expect(await run(batch())).toEqual(failures());
    expect(await run({} as SQSEvent)).toEqual(failures());
    expect(seen).toEqual([]);
  });

  it('of poison alone does not reach the handler', async () => {
    const { run, seen } = consumer();
    expect(await run(batch({ messageId: 'a', body: '?' }, { messageId: 'b', body: '?' }))).toEqual(
      failures('a', 'b'),
    );
    expect(seen).toEqual([]);
  });

  it('gives back what the handler names, each once', async () => {
    const { run } = consumer(async () => ({ retry: ['b', 'b'] }));
    const event = batch(
      { messageId: 'a', body: body() },
      { messageId: 'b', body: body() },
      { messageId: 'c', body: '?' },
    );
    expect(await run(event)).toEqual(failures('c', 'b'));
  });

  it.each([
    ['a fault that passes', new AppError('graph_unavailable', 'Away.', { retryable: true })],
    ['a fault that stays', new AppError('validation_failed', 'Wrong.')],
    ['a defect', new TypeError('x')],
  ])('comes back whole after %s', async (_name, error) => {
    const { run, lines, measures } = consumer(async () => {
      throw error;
    });
    const event = batch(
      { messageId: 'a', body: body() },
      { messageId: 'b', body: '?' },
      { messageId: 'c', body: body() },
    );
    expect(await run(event)).toEqual(failures('b', 'a', 'c'));
    expect(lines.some(({ message }) => message === 'batch failed')).toBe(true);
    expect(measures).toContainEqual({ name: 'failedMessages', unit: 'Count', value: 3 });
  });

  it('comes back whole when the handler names what is not in it', async () => {
    const { run } = consumer(async () => ({ retry: ['stranger'] }));
    expect(await run(batch({ messageId: 'a', body: body() }))).toEqual(failures('a'));
  });

  it('comes back whole when the time is up', async () => {
    const { run } = consumer(() => new Promise(() => undefined));
    const event = batch({ messageId: 'a', body: body() }, { messageId: 'b', body: body() });
    expect(await run(event, 520)).toEqual(failures('a', 'b'));
  });

  it('comes back whole when the function cannot start', async () => {
    const { host } = recordingHost();
    const broken = { config: spec, build: () => undefined };
    const run = queueFunction(
      spec,
      graphChange,
      async () => ({ retry: [] }),
      { syncState: broken } as never,
      host,
    );
    expect(await run(batch({ messageId: 'a', body: body() }), context())).toEqual(failures('a'));
  });
});

describe('a record without messageId', () => {
  it('is worked on like the others', async () => {
    const { run, seen } = consumer();
    expect(await run(batch({ body: body() }, { messageId: 'b', body: body() }))).toEqual(failures());
    expect(seen[0]).toHaveLength(2);
  });

  it('fails the invocation when it fails, after the others were worked on', async () => {
    const { run, seen, lines } = consumer();
    await expect(run(batch({ body: '?' }, { messageId: 'b', body: body() }))).rejects.toThrow(
      'without messageId',
    );
    expect(seen).toEqual([['b']]);
    expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'invocation failed' });
  });
});
