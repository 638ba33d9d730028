import type { Issue } from '../../contracts/issues.ts';
import type { ServerMessage } from '../../contracts/realtime/server-messages.ts';
import { knownError, publicDetail } from '../http/problem.ts';

/** A failure as its client is told of it. Defects say nothing of themselves, as over HTTP. */
export function errorMessage(
  error: unknown,
  requestId: string,
  more: Pick<ServerMessage<'error'>, 'inReplyTo' | 'closing'> = {},
): ServerMessage<'error'> {
  const known = knownError(error);
  const { errors } = known?.details ?? {};
  return {
    type: 'error',
    code: known?.code ?? 'internal',
    detail: publicDetail(known),
    requestId,
    ...(errors === undefined ? {} : { errors: errors as Issue[] }),
    ...more,
  };
}
