import * as z from 'zod';
import { AppError, hasCode } from '../kernel/app-error.ts';
import type { SealedPositions } from './ports.ts';

const purpose = 'message';
const sealed = z.tuple([z.string(), z.string(), z.string()]);

interface Origin {
  connectionId: string;
  serviceId: string;
  /** As its sender named it. */
  id: string;
}

/** The id of a message names its sender, signed: so an acknowledgement finds him and nothing has to be kept. */
export const sealMessageId = (
  cursors: SealedPositions,
  tenantId: string,
  { connectionId, serviceId, id }: Origin,
): Promise<string> => cursors.seal(tenantId, purpose, [connectionId, serviceId, id]);

/** @throws AppError `validation_failed` for an id that no message of this tenant has */
export async function openMessageId(
  cursors: SealedPositions,
  tenantId: string,
  messageId: string,
): Promise<Origin> {
  const position = await cursors.open(tenantId, purpose, messageId).catch((error: unknown) => {
    if (hasCode(error, 'invalid_cursor')) return undefined;
    throw error;
  });
  const parsed = sealed.safeParse(position);
  if (!parsed.success) {
    throw new AppError(
      'validation_failed',
      'Change message.messageId: acknowledge a message that came to you.',
    );
  }
  const [connectionId, serviceId, id] = parsed.data;
  return { connectionId, serviceId, id };
}
