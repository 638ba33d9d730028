import * as z from 'zod';
import { isGrant } from '../../shared/access/grants.ts';
import type { LocalService } from './start-local.ts';

/** What a parent process may ask of the service that it started, over the channel between them. */
const request = z.discriminatedUnion('call', [
  z.object({
    id: z.number(),
    call: z.literal('token'),
    tenant: z.string(),
    scopes: z.array(z.string()).optional(),
  }),
  z.object({ id: z.number(), call: z.literal('runSchedule'), name: z.string() }),
  z.object({
    id: z.number(),
    call: z.enum(['stopPart', 'startPart']),
    part: z.enum(['postgres', 'cache', 'queues', 'bus', 'sockets', 'archive']),
  }),
]);
export type ControlRequest = z.output<typeof request>;
/** A request before it has its number. */
export type ControlCall = ControlRequest extends infer R ? (R extends R ? Omit<R, 'id'> : never) : never;

export type ControlMessage =
  | { ready: { url: string; environment: Readonly<Record<string, string>> } }
  | { id: number; result: unknown }
  | { id: number; error: string };

/**
 * Lets the process that started this one steer it: tests start the real thing, then take parts of it away. Does
 * nothing where there is no such channel. The service ends with its parent.
 */
export function obeyParent(service: LocalService, stop: () => void): void {
  if (process.send === undefined) return;
  const send = (message: ControlMessage) => process.send?.(message);
  process.on('message', (message) => {
    const parsed = request.safeParse(message);
    if (!parsed.success) return;
    const { id } = parsed.data;
    answer(service, parsed.data).then(
      (result) => send({ id, result }),
      (error: unknown) => send({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', stop);
  send({ ready: { url: service.url, environment: service.environment } });
}

async function answer(service: LocalService, asked: ControlRequest): Promise<unknown> {
  switch (asked.call) {
    case 'token':
      return service.token?.({
        tenant: asked.tenant,
        ...(asked.scopes && { scopes: asked.scopes.filter(isGrant) }),
      });
    case 'runSchedule':
      return service.runSchedule(asked.name);
    case 'stopPart':
      return service.parts[asked.part]?.stop();
    case 'startPart':
      return service.parts[asked.part]?.start();
  }
}
