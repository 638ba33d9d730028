import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'relay-outbox',
  summary: 'Publish the events that writes left in the outbox',
  trigger: { kind: 'schedule', everyMinutes: 1 },
  uses: ['outbox', 'eventBus'],
  timeoutSeconds: 50,
  memoryMb: 512,
});
