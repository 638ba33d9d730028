import { inMemoryGraph } from '../../../shared/adapters/in-memory/graph.ts';
import { describeGraph } from '../../conformance/graph.ts';
import { inMemoryContents } from '../../conformance/graph-contents.ts';

describeGraph(
  'in-memory graph',
  async () => {
    const graph = inMemoryGraph();
    return {
      graph,
      contents: async (tenants) => inMemoryContents(graph, tenants),
      close: async () => undefined,
    };
  },
  { histories: 1_000 },
);
