import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'tier-to-archive',
  summary: 'Move memories that nobody has used for long into the archive',
  trigger: { kind: 'schedule', everyMinutes: 60 },
  uses: ['archiveCatalogue', 'archivePacks', 'archivePolicy'],
  timeoutSeconds: 600,
  memoryMb: 1024,
});
