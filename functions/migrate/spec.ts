import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'migrate',
  summary: 'Bring the schemas of both stores up to the version that is being deployed',
  trigger: { kind: 'deployment' },
  uses: ['databaseSchema', 'graphSchema'],
  timeoutSeconds: 900,
  memoryMb: 512,
});
