import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'project-graph',
  summary: 'Bring the graph up to the current state of the memories that changed',
  trigger: { kind: 'queue', queue: 'graph-changes', batchSize: 100, maximumConcurrency: 10 },
  uses: ['syncState', 'graph'],
  timeoutSeconds: 60,
  memoryMb: 512,
});
