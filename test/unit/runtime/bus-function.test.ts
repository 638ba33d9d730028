import { describe, expect, it } from 'vitest';
import { spec } from '../../../functions/accept-events/spec.ts';
import { type BusDelivery, busFunction } from '../../../shared/runtime/bus-function.ts';
import type { BusEventOf } from '../../../shared/runtime/handlers.ts';
import { context, provide, recordingHost } from './support.ts';

const envelope = {
  id: 'event-1',
  type: 'memory.store.requested',
  schemaVersion: 1,
  tenantId: 'acme',
  occurredAt: '2026-01-01T00:00:00.000Z',
  data: { memory: { content: 'The deploy failed.' } },
};
const delivery = (detail: unknown, detailType = 'memory.store.requested') =>
  ({ id: 'delivery-1', 'detail-type': detailType, source: 'team', detail }) as BusDelivery;

function subscriber(fail?: Error) {
  const seen: BusEventOf<typeof spec>[] = [];
  const { host, lines } = recordingHost();
  const providers = Object.fromEntries(spec.uses.map((capability) => [capability, provide({})]));
  const run = busFunction(
    spec,
    async (event) => {
      seen.push(event);
      if (fail) throw fail;
    },
    providers as never,
    host,
  );
  return { seen, lines, run: (event: BusDelivery) => run(event, context()) };
}

describe('an event of the bus', () => {
  it('reaches the handler parsed, defaults filled in', async () => {
    const { run, seen } = subscriber();
    expect(await run(delivery(envelope))).toBeNull();
    expect(seen[0]?.envelope).toMatchObject({ id: 'event-1', tenantId: 'acme' });
    expect(seen[0]?.data.memory).toMatchObject({ content: 'The deploy failed.', consistency: 'eventual' });
  });

  it.each([
    ['no detail', undefined, undefined],
    ['an unknown schema version', { ...envelope, schemaVersion: 2 }, undefined],
    ['no tenant', { ...envelope, tenantId: '' }, undefined],
    ['an unknown type', { ...envelope, type: 'memory.exploded' }, 'memory.exploded'],
    ['a type that is not subscribed to', { ...envelope, type: 'memory.stored' }, 'memory.stored'],
    ['another type than it is delivered as', envelope, 'memory.stored'],
    ['data that is wrong', { ...envelope, data: { memory: { content: '' } } }, undefined],
  ])('with %s is refused, so that the dead-letter queue gets it', async (_name, detail, detailType) => {
    const { run, seen, lines } = subscriber();
    await expect(run(delivery(detail, detailType))).rejects.toMatchObject({
      code: 'validation_failed',
      retryable: false,
    });
    expect(seen).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ level: 'error', fields: { error: { code: 'validation_failed' } } });
  });

  it('fails the invocation when the handler fails', async () => {
    const { run, lines } = subscriber(new TypeError('x'));
    await expect(run(delivery(envelope))).rejects.toThrow('x');
    expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'invocation failed' });
  });
});
