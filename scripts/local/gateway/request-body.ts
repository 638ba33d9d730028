import type { IncomingMessage } from 'node:http';
import { AppError } from '../../../shared/kernel/app-error.ts';

/** As much as API Gateway takes; the service's own limit is lower. */
const largestBody = 10 * 1024 * 1024;

/**
 * The whole body. Stops reading at the limit, whatever length was announced.
 * @throws AppError `payload_too_large`
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > largestBody) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // not destroyed when the loop is left early: the answer still has to go out on this connection
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > largestBody) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

const tooLarge = () =>
  new AppError('payload_too_large', `A request has at most ${largestBody} bytes.`, {
    details: { limit: largestBody },
  });
