import { inMemoryArchive } from '../../../shared/adapters/in-memory/archive.ts';
import { describeMemoryArchive } from '../../conformance/memory-archive.ts';

describeMemoryArchive('in memory', () => {
  const archive = inMemoryArchive();
  return {
    archive,
    freeze: async () => archive.freeze(),
    bringBack: async () => archive.bringBack(),
    conditionalPuts: true,
  };
});
