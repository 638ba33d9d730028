import { afterAll, beforeAll, describe } from 'vitest';
import { aiMemoryLayer } from './seeds/ai-memory-layer.ts';
import { dualWritePersistenceLayer } from './seeds/dual-write-persistence-layer.ts';
import { memoryPersistenceService } from './seeds/memory-persistence-service.ts';
import { memorySystem } from './seeds/memory-system.ts';
import { openTarget, type Target } from './support/target.ts';

/** Every documented request of the systems that came before, word for word, and the documented answers. */
let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target.close());

describe('Memory Persistence Service', () => memoryPersistenceService(() => target));
describe('Memory Persistence Layer', () => dualWritePersistenceLayer(() => target));
describe('AI Memory Layer', () => aiMemoryLayer(() => target));
describe('Memory System', () => memorySystem(() => target));
