import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import * as z from 'zod';
import type { Sockets } from '../../realtime/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { managementApiSockets } from './management-api.ts';

/** Of the stage's own API, and never from an event: whoever sends one must not choose where messages go. */
const config = z.object({ SOCKETS_ENDPOINT: z.url() });

export const socketsProvider: Provider<Sockets, typeof config> = {
  config,
  build({ SOCKETS_ENDPOINT }) {
    const client = new ApiGatewayManagementApiClient({
      endpoint: SOCKETS_ENDPOINT,
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
    });
    return managementApiSockets({ client });
  },
};
