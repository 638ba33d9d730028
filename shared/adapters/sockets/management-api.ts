import {
  type ApiGatewayManagementApiClient,
  ApiGatewayManagementApiServiceException,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { bulkhead } from 'cockatiel';
import { AppError } from '../../kernel/app-error.ts';
import type { Sockets } from '../../realtime/ports.ts';

export interface ManagementApiOptions {
  client: Pick<ApiGatewayManagementApiClient, 'send'>;
}

/** Each call has its time-out, so one that is slow holds one of these places for that long and no other call up. */
const callsAtOnce = 64;

const isGone = (error: unknown) =>
  error instanceof ApiGatewayManagementApiServiceException && error.$metadata.httpStatusCode === 410;

/** Clients of API Gateway's WebSocket API. */
export function managementApiSockets({ client }: ManagementApiOptions): Sockets {
  const limit = bulkhead(callsAtOnce, Number.POSITIVE_INFINITY);

  async function call(work: () => Promise<unknown>): Promise<'sent' | 'gone'> {
    try {
      await limit.execute(work);
      return 'sent';
    } catch (cause) {
      if (isGone(cause)) return 'gone';
      throw new AppError('sockets_unavailable', 'The client cannot be reached; try again.', {
        retryable: true,
        cause,
      });
    }
  }

  return {
    post: (connectionId, message) =>
      call(() =>
        client.send(
          new PostToConnectionCommand({ ConnectionId: connectionId, Data: JSON.stringify(message) }),
        ),
      ),
    close: async (connectionId) => {
      await call(() => client.send(new DeleteConnectionCommand({ ConnectionId: connectionId })));
    },
  };
}
