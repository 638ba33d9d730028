import type { HttpAnswer } from './event.ts';
import type { Answer } from './idempotency.ts';

/** A text goes out as it is where the handler says that it is no JSON; everything else is JSON. */
export function respond(answer: Answer, requestId: string): HttpAnswer {
  const headers = { 'content-type': 'application/json', ...answer.headers, 'x-request-id': requestId };
  const plain = typeof answer.body === 'string' && !headers['content-type'].includes('json');
  return {
    statusCode: answer.status,
    headers,
    body: plain ? String(answer.body) : JSON.stringify(answer.body),
    isBase64Encoded: false,
  };
}
