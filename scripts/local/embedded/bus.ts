import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { bulkhead, ExponentialBackoff, handleAll, retry } from 'cockatiel';
import * as z from 'zod';
import { newId } from '../../../shared/kernel/ids.ts';
import type { Logger } from '../../../shared/kernel/logger.ts';
import { embeddedAws } from './credentials.ts';
import { listen } from './listen.ts';
import type { EmbeddedServer } from './part.ts';

/** Where events of some types go. */
export interface BusTarget {
  name: string;
  detailTypes: readonly string[];
  invoke(event: BusEvent): Promise<unknown>;
}

/** An event as EventBridge hands it to a function. */
export type BusEvent = ReturnType<typeof busEvent>;

const putEvents = z.object({
  Entries: z
    .array(
      z.object({
        Source: z.string().optional(),
        DetailType: z.string().optional(),
        Detail: z.string().optional(),
        Time: z.number().optional(),
        Resources: z.array(z.string()).optional(),
      }),
    )
    .min(1)
    .max(10),
});
type Entry = z.output<typeof putEvents>['Entries'][number];

const busEvent = (source: string, detailType: string, detail: object, entry: Entry) => ({
  version: '0',
  id: newId(),
  'detail-type': detailType,
  source,
  account: '000000000000',
  time: new Date(entry.Time === undefined ? Date.now() : entry.Time * 1000).toISOString(),
  region: embeddedAws.region,
  resources: entry.Resources ?? [],
  detail,
});

const runsAtOnce = 5;

/** The part of EventBridge's protocol that `PutEvents` needs; targets are chosen by detail type. */
export async function startBus(
  targets: readonly BusTarget[],
  logger: Logger,
  wantedPort: number,
): Promise<EmbeddedServer> {
  const delivering = new Set<Promise<unknown>>();
  // like Lambda's asynchronous invocation: the first attempt and two more
  const retried = retry(handleAll, {
    maxAttempts: 2,
    backoff: new ExponentialBackoff({ initialDelay: 500, maxDelay: 5_000 }),
  });

  // a function that runs in this process shares its connections with all others: a burst waits here, not for those
  const limits = new Map(targets.map((target) => [target, bulkhead(runsAtOnce, Number.POSITIVE_INFINITY)]));
  const invoke = (target: BusTarget, event: BusEvent) =>
    limits.get(target)?.execute(() => target.invoke(event));

  function deliver(event: BusEvent) {
    for (const target of targets) {
      if (!target.detailTypes.includes(event['detail-type'])) continue;
      const delivery = retried
        .execute(() => invoke(target, event))
        .catch((error: unknown) =>
          logger.error('event given up', { target: target.name, eventId: event.id, error: String(error) }),
        )
        .finally(() => delivering.delete(delivery));
      delivering.add(delivery);
    }
  }

  function accept(entry: Entry) {
    const { Source, DetailType, Detail } = entry;
    if (!Source || !DetailType || Detail === undefined) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source, DetailType and Detail are required.' };
    }
    const detail = parseObject(Detail);
    if (detail === undefined) {
      return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    }
    const event = busEvent(Source, DetailType, detail, entry);
    deliver(event);
    return { EventId: event.id };
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const parsed = putEvents.safeParse(await json(request).catch(() => undefined));
    if (request.headers['x-amz-target'] !== 'AWSEvents.PutEvents' || !parsed.success) {
      send(response, 400, { __type: 'ValidationException', message: 'not a PutEvents request' });
      return;
    }
    const entries = parsed.data.Entries.map(accept);
    send(response, 200, {
      FailedEntryCount: entries.filter((entry) => 'ErrorCode' in entry).length,
      Entries: entries,
    });
  }

  const server = createServer((request, response) => void answer(request, response));
  const port = await listen(server, wantedPort);
  return {
    port,
    async stop() {
      server.closeAllConnections();
      server.close();
      await Promise.allSettled([...delivering]);
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
