import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'sweep-sync',
  summary: 'Send every memory again whose projection has been behind for too long',
  trigger: { kind: 'schedule', everyMinutes: 1 },
  uses: ['syncState', 'graphChanges'],
  timeoutSeconds: 50,
  memoryMb: 512,
});
