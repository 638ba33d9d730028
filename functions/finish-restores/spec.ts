import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'finish-restores',
  summary: 'Finish what waits for objects that Glacier brings back',
  trigger: { kind: 'schedule', everyMinutes: 5 },
  uses: ['operations', 'archiveCatalogue', 'memoryArchive'],
  timeoutSeconds: 120,
  memoryMb: 512,
});
