import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'sweep-sockets',
  summary: 'End connections whose token has ended, and drop events that are no longer kept',
  trigger: { kind: 'schedule', everyMinutes: 1 },
  uses: ['socketConnections', 'eventStream', 'sockets'],
  timeoutSeconds: 50,
  memoryMb: 512,
});
