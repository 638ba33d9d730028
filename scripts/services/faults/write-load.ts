import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../../shared/kernel/ids.ts';

/** One write as a client has it: what it sent, and what it knows of the outcome. */
export interface LoadWrite {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  /** Of no other write: by it the effect is found again. */
  readonly content: string;
  readonly key: string;
  /**
   * Refused: an answer that says try again. Unanswered: the connection broke, or it took too long. Failed: any
   * other answer, of which a write in order has none.
   */
  outcome: 'acknowledged' | 'refused' | 'unanswered' | 'failed';
  /** What a failed one was answered. */
  answer?: string;
  /** What was acknowledged. */
  id?: string;
  version?: number;
}

export interface WriteLoad {
  readonly writes: LoadWrite[];
  /** Ends the load when its time is over, and answers when the last write has been answered. */
  readonly finished: Promise<void>;
}

export interface LoadOptions {
  readonly url: string;
  readonly token: string;
  readonly seconds: number;
}

const workers = 8;
/** Bounds the load: what is asked is whether writes survive, not how many there can be. */
const pauseMs = 40;
const patienceMs = 20_000;

/** Writes for some time: new memories, and every fourth time a change of one that was acknowledged. */
export function startLoad(options: LoadOptions): WriteLoad {
  const until = Date.now() + options.seconds * 1000;
  const writes: LoadWrite[] = [];

  async function work(): Promise<void> {
    let last: string | undefined;
    for (let count = 1; Date.now() < until; count += 1) {
      const write = count % 4 === 0 && last !== undefined ? changeOf(last) : creation();
      writes.push(write);
      await send(write, options);
      if (isAcknowledged(write)) last = write.id;
      await delay(pauseMs);
    }
  }
  const finished = Promise.all(Array.from({ length: workers }, work)).then(() => undefined);
  return { writes, finished };
}

/** Repeats what was not acknowledged, each under its key, as a client does that was told to try again. */
export async function repeatUnacknowledged(
  writes: readonly LoadWrite[],
  options: LoadOptions,
): Promise<void> {
  for (const write of writes) {
    for (let attempt = 1; !isAcknowledged(write); attempt += 1) {
      if (attempt > 50) throw new Error(`a write is not taken although everything runs: ${write.content}`);
      await send(write, options);
      if (!isAcknowledged(write)) await delay(200);
    }
  }
}

const isAcknowledged = ({ outcome }: LoadWrite): boolean => outcome === 'acknowledged';

const creation = (): LoadWrite => ({ method: 'POST', path: '/api/memory', ...unsent() });
const changeOf = (id: string): LoadWrite => ({ method: 'PATCH', path: `/api/memory/${id}`, ...unsent() });

const unsent = () => {
  const key = newId();
  return { key, content: `Ada wrote number ${key} down`, outcome: 'unanswered' as const };
};

async function send(write: LoadWrite, { url, token }: LoadOptions): Promise<void> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}${write.path}`, {
      method: write.method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': write.key,
      },
      body: JSON.stringify({ content: write.content }),
      signal: AbortSignal.timeout(patienceMs),
    });
    text = await response.text();
  } catch {
    write.outcome = 'unanswered';
    return;
  }
  if (response.status === 503) {
    write.outcome = 'refused';
    return;
  }
  if (!response.ok) {
    Object.assign(write, { outcome: 'failed', answer: `${write.method} ${write.path}: ${text}` });
    return;
  }
  const { id, version } = JSON.parse(text) as { id: string; version: number };
  Object.assign(write, { outcome: 'acknowledged', id, version });
}
