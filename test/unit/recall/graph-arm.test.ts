import { describe, expect, it } from 'vitest';
import { searchBody } from '../../../shared/contracts/memory/recall.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { EntityExtractor } from '../../../shared/memory/ports.ts';
import type { MemoryGraph } from '../../../shared/memory/recall/ports.ts';
import { searchMemories } from '../../../shared/memory/recall/search-memories.ts';
import { recallFakes, tenantId } from './recall-fakes.ts';

const project = {
  type: 'project',
  value: 'Apollo',
  normalized: 'apollo',
  confidence: 1,
  source: 'test',
} as const;
const finds: EntityExtractor = { name: 'test', extract: async (texts) => texts.map(() => [project]) };
const graphOf = (recallByEntities: MemoryGraph['recallByEntities']): MemoryGraph => ({
  related: async () => [],
  recallByEntities,
});
const body = searchBody.parse({ query: 'the deploy of Apollo' });

describe('the graph arm of recall', () => {
  it('brings memories that share neither words nor direction with the query', async () => {
    const { deps, remember } = recallFakes();
    const id = await remember('nothing of it');
    const asked: unknown[] = [];
    const graph = graphOf(async (tenant, entities) => {
      asked.push([tenant, entities]);
      return [{ id, score: 0.8 }];
    });
    const found = await searchMemories(tenantId, body, { ...deps, graph, entityExtractor: finds });
    expect(asked).toEqual([[tenantId, [project]]]);
    expect(found.results.map((result) => [result.memory.id, result.arms?.graph])).toEqual([[id, 0.8]]);
    expect(found.warnings).toEqual([]);
  });

  it.each([
    ['is away', async () => Promise.reject(new AppError('graph_unavailable', 'away', { retryable: true }))],
    ['has a defect', async () => Promise.reject(new TypeError('a defect'))],
    ['does not answer', () => new Promise<never>(() => undefined)],
  ])('is left out with a warning when the graph %s', async (_, recallByEntities) => {
    const { deps, remember } = recallFakes();
    const id = await remember('the deploy failed');
    const graph = graphOf(recallByEntities);
    const found = await searchMemories(tenantId, body, { ...deps, graph, entityExtractor: finds });
    expect(found.results.map((result) => result.memory.id)).toEqual([id]);
    expect(found.warnings).toEqual([expect.objectContaining({ code: 'graph_unavailable' })]);
  });

  it('does not ask the graph about a query without entities', async () => {
    const { deps, remember } = recallFakes();
    await remember('the deploy failed');
    const graph = graphOf(async () => Promise.reject(new Error('asked')));
    expect((await searchMemories(tenantId, body, { ...deps, graph })).warnings).toEqual([]);
  });
});
