import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'fill-embeddings',
  summary: 'Give vectors to memories that were written while the embedding provider was away',
  trigger: { kind: 'schedule', everyMinutes: 1 },
  uses: ['memories', 'embedder'],
  timeoutSeconds: 50,
  memoryMb: 512,
});
