import { defineFunction } from '../../shared/contracts/function-spec.ts';
import { syncEvents } from '../../shared/contracts/realtime/subscription.ts';

export const spec = defineFunction({
  name: 'push-to-sockets',
  summary: 'Tell clients of the WebSocket API what happened',
  trigger: { kind: 'bus', events: syncEvents },
  uses: ['eventStream', 'sockets', 'pageCursors'],
  timeoutSeconds: 60,
  memoryMb: 512,
});
