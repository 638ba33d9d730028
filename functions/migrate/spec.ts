import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'migrate',
  summary: 'Bring the schemas of both stores up to the version that is being deployed',
  trigger: { kind: 'deployment' },
  uses: ['databaseSchema', 'graphSchema'],
  // what calls it may run for 900, and has to tell CloudFormation how it went
  timeoutSeconds: 840,
  memoryMb: 512,
});
