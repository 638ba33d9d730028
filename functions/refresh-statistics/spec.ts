import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'refresh-statistics',
  summary: 'Count how often terms occur, for tenants whose counts are out of date',
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: ['recallStatistics'],
  timeoutSeconds: 120,
  memoryMb: 512,
});
