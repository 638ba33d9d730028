import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import type { spec as acceptEvents } from '../../functions/accept-events/spec.ts';
import { spec as projectGraph } from '../../functions/project-graph/spec.ts';
import type { spec as socket } from '../../functions/socket/spec.ts';
import { spec as sweepSync } from '../../functions/sweep-sync/spec.ts';
import type { EventDetail } from '../../shared/contracts/events.ts';
import { defineFunction } from '../../shared/contracts/function-spec.ts';
import type { ClientMessageType } from '../../shared/contracts/realtime/client-messages.ts';
import type { Providers } from '../../shared/runtime/deps.ts';
import type {
  BusEventOf,
  QueueHandler,
  ScheduleHandler,
  SocketHandlers,
} from '../../shared/runtime/handlers.ts';
import { queueFunction } from '../../shared/runtime/queue/queue-function.ts';
import { scheduleFunction } from '../../shared/runtime/schedule-function.ts';

declare const projectGraphProviders: Providers<typeof projectGraph>;
declare const sweepSyncProviders: Providers<typeof sweepSync>;

describe('functions behind other triggers', () => {
  test('a spec fits the factory of its trigger alone', () => {
    const schedule: ScheduleHandler<typeof sweepSync> = async () => ({});
    void (() => scheduleFunction(sweepSync, schedule, sweepSyncProviders));
    // @ts-expect-error project-graph is behind a queue
    void (() => scheduleFunction(projectGraph, schedule, projectGraphProviders));
  });

  test('the handler of a queue takes what its schema gives', () => {
    const schema = z.strictObject({ id: z.string() });
    const right: QueueHandler<typeof projectGraph, { id: string }> = async () => ({ retry: [] });
    const wrong: QueueHandler<typeof projectGraph, { id: number }> = async () => ({ retry: [] });
    void (() => queueFunction(projectGraph, schema, right, projectGraphProviders));
    // @ts-expect-error ids are strings
    void (() => queueFunction(projectGraph, schema, wrong, projectGraphProviders));
  });

  test('the handler of a bus gets the events of its spec', () => {
    type Event = BusEventOf<typeof acceptEvents>;
    expectTypeOf<Event['type']>().toEqualTypeOf<'memory.store.requested'>();
    expectTypeOf<Event['data']>().toEqualTypeOf<EventDetail<'memory.store.requested'>>();
  });

  test('the socket function answers every message of its clients', () => {
    type Messages = ReturnType<SocketHandlers<typeof socket>>['messages'];
    expectTypeOf<keyof Messages>().toEqualTypeOf<ClientMessageType>();
    expectTypeOf<Parameters<Messages['send']>[0]['to']>().toEqualTypeOf<string>();
    // @ts-expect-error nobody answers a ping
    void ((messages: Omit<Messages, 'ping'>): Messages => messages);
  });

  test('a capability that does not exist does not compile', () => {
    void (() =>
      defineFunction({
        name: 'x',
        summary: 'x',
        trigger: { kind: 'schedule', everyMinutes: 1 },
        // @ts-expect-error there is no such capability
        uses: ['teleporter'],
        timeoutSeconds: 1,
        memoryMb: 128,
      }));
  });
});
