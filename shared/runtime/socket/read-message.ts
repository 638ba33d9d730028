import { issuesOf } from '../../contracts/issues.ts';
import { limits } from '../../contracts/limits.ts';
import {
  type ClientMessage,
  type ClientMessageType,
  clientMessages,
} from '../../contracts/realtime/client-messages.ts';
import { AppError } from '../../kernel/app-error.ts';
import { utf8 } from '../http/body.ts';
import { parseJson } from '../json-guard.ts';
import type { SocketEvent } from './event.ts';

const types = Object.keys(clientMessages).join(', ');

const isType = (value: unknown): value is ClientMessageType =>
  typeof value === 'string' && Object.hasOwn(clientMessages, value);

/**
 * The message that a client sent.
 * @throws AppError `payload_too_large`, `malformed_json`, `validation_failed`
 */
export function readMessage(event: SocketEvent): ClientMessage {
  const { isBase64Encoded } = event;
  const body = event.body ?? '';
  const size = Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');
  if (size > limits.socketMessageBytes) {
    throw new AppError('payload_too_large', `A message has at most ${limits.socketMessageBytes} bytes.`);
  }
  const value = parseJson(isBase64Encoded ? utf8(Buffer.from(body, 'base64')) : body);
  const type: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined;
  if (!isType(type)) {
    throw new AppError('validation_failed', `Change message.type: it must be one of ${types}.`);
  }
  const parsed = clientMessages[type].schema.safeParse(value);
  if (parsed.success) return parsed.data as ClientMessage;
  const errors = issuesOf('message', parsed.error);
  throw new AppError('validation_failed', `Change ${errors[0]?.path}: ${errors[0]?.message}.`, {
    details: { errors },
  });
}

/** The `id` of a message that could not be handled, if it can be made out. */
export function idOf(event: SocketEvent): string | undefined {
  try {
    const { id } = JSON.parse(event.body ?? '') as { id?: unknown };
    return typeof id === 'string' && id.length <= limits.nameLength ? id : undefined;
  } catch {
    return undefined;
  }
}
