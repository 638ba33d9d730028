import { limits } from '../../contracts/limits.ts';
import { AppError } from '../../kernel/app-error.ts';
import { parseJson } from '../json-guard.ts';
import type { Headers, HttpEvent } from './event.ts';

const jsonType = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

const plain = /^(?:identity)?$/i;

/**
 * The body of a request as the JSON value it stands for. Only called for operations that take one: elsewhere a
 * body is ignored, as HTTP clients send empty objects along with POST and DELETE without meaning anything.
 * @throws AppError `payload_too_large`, `unsupported_media_type`, `malformed_json`, `validation_failed`
 */
export function readJsonBody(event: HttpEvent, headers: Headers): unknown {
  const body = event.body ?? '';
  if (body === '') throw new AppError('validation_failed', 'Send a JSON object as the body; it was empty.');
  const size = Buffer.byteLength(body, event.isBase64Encoded ? 'base64' : 'utf8');
  if (size > limits.bodyBytes) {
    throw new AppError('payload_too_large', `A body has at most ${limits.bodyBytes} bytes.`, {
      details: { limit: limits.bodyBytes, size },
    });
  }
  if (!jsonType.test(headers['content-type']?.trim() ?? '')) {
    throw new AppError('unsupported_media_type', 'Send the body as application/json in UTF-8.');
  }
  // said before the bytes are looked at, which would only seem to be no UTF-8
  if (!plain.test(headers['content-encoding']?.trim() ?? '')) {
    throw new AppError('unsupported_media_type', 'Send the body as it is, without Content-Encoding.');
  }
  return parseJson(event.isBase64Encoded ? utf8(Buffer.from(body, 'base64')) : body);
}

/** @throws AppError `malformed_json` */
export function utf8(bytes: Buffer): string {
  try {
    // the mark at the start stays, so that it is refused like in a body that was not base64
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new AppError('malformed_json', 'The body is not valid UTF-8.', { cause: error });
  }
}
