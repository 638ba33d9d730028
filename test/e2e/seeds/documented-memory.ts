import { seedVector } from '../support/vectors.ts';

/** The body with which "Memory Persistence Service" documents `POST /api/memory`. */
export const documentedMemory = {
  serviceId: 'dspy-service',
  agentId: 'legal-analyzer',
  memoryType: 'semantic',
  domain: 'legal_analysis',
  content: {
    pattern: 'automatic_renewal_clause',
    risk_level: 'high',
    recommendation: 'Review cancellation terms',
  },
  metadata: {
    timestamp: new Date(),
    version: 1,
    tags: ['contract', 'subscription', 'risk'],
    importance: 8,
    accessCount: 0,
    lastAccessed: new Date(),
  },
  embeddings: seedVector,
  relationships: {
    relatedMemories: ['mem_123', 'mem_456'],
  },
};
