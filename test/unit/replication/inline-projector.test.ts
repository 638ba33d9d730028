import { describe, expect, it, vi } from 'vitest';
import type { GraphProjector } from '../../../shared/memory/ports.ts';
import {
  type InlineProjectorOptions,
  inlineProjector,
} from '../../../shared/replication/inline-projector.ts';
import { projectChanges } from '../../../shared/replication/project-changes.ts';
import { state } from '../../conformance/graph-states.ts';
import { gate, graphDown, graphRefuses, replication, storeDown } from './fakes.ts';

function projection(options: InlineProjectorOptions = {}) {
  const ports = replication();
  const projector: GraphProjector = inlineProjector(ports, { budgetMs: 5_000, ...options });
  const queued = () =>
    ports.graphChanges.waiting.map(({ tenantId, memoryId, version }) => [tenantId, memoryId, version]);
  return { ...ports, projector, queued };
}
const changed = (...ids: string[]) => ids.map((id) => ({ id, version: 1 }));

describe('inlineProjector', () => {
  it('answers what the graph has, and leaves nothing to the queue', async () => {
    const { projector, syncState, graph, queued } = projection();
    syncState.put(state('t', 'a', 1), state('t', 'b', 1));
    expect(await projector.project('t', changed('a', 'b'))).toEqual(new Set(['a', 'b']));
    expect(await graph.count('t')).toBe(2);
    expect(queued()).toEqual([]);
    expect(await projector.project('t', [])).toEqual(new Set());
  });

  it('leaves everything to the queue while the graph is down', async () => {
    const { projector, syncState, graph, queued } = projection();
    syncState.put(state('t', 'a', 1), state('t', 'b', 1));
    graph.apply = () => Promise.reject(graphDown());
    expect(await projector.project('t', changed('a', 'b'))).toEqual(new Set());
    expect(queued()).toEqual([
      ['t', 'a', 1],
      ['t', 'b', 1],
    ]);
  });

  it('leaves everything to the queue while Postgres does not answer the read', async () => {
    const { projector, syncState, queued } = projection();
    syncState.read = () => Promise.reject(storeDown());
    expect(await projector.project('t', changed('a'))).toEqual(new Set());
    expect(queued()).toEqual([['t', 'a', 1]]);
  });

  it('only warns when the queue is down too: the ledger still says that the graph is behind', async () => {
    const { projector, syncState, graph, graphChanges, lines } = projection();
    syncState.put(state('t', 'a', 1));
    graph.apply = () => Promise.reject(graphDown());
    graphChanges.send = () => Promise.reject(storeDown());
    expect(await projector.project('t', changed('a'))).toEqual(new Set());
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'graph not projected inline'],
      ['warn', 'graph changes not sent, left to the sweeper'],
    ]);
    expect(await syncState.behind(30, 10)).toEqual([{ tenantId: 't', memoryId: 'a', version: 1 }]);
  });

  it('lets the write go when the budget is spent; the late end of the attempt does no harm', async () => {
    const { projector, syncState, graph, graphChanges, queued, logger } = projection({ budgetMs: 20 });
    syncState.put(state('t', 'a', 1, { entities: [['ada']] }));
    const { opened, open } = gate();
    const { apply } = graph;
    const finished = gate();
    graph.apply = async (states) => {
      await opened;
      await apply(states);
      finished.open();
    };
    const answer = await projector.project('t', changed('a'));
    expect(answer).toEqual(new Set());
    expect(queued()).toEqual([['t', 'a', 1]]);

    // meanwhile the memory changes and its next version is projected; then the late one comes
    syncState.put(state('t', 'a', 2, { entities: [['bob']] }));
    graph.apply = apply;
    const messages = graphChanges.take().map((body) => ({ messageId: '1', body }));
    expect(await projectChanges(messages, { syncState, graph, logger })).toEqual({ retry: [] });
    const settled = graph.contents('t');
    open();
    await finished.opened;
    await new Promise(setImmediate);
    expect(answer).toEqual(new Set());
    expect(graph.contents('t')).toEqual(settled);
    expect(settled.memories).toMatchObject([{ id: 'a', version: 2 }]);
    await vi.waitFor(() => expect(syncState.projectedVersion('t', 'a')).toBe(2));
  });

  it('counts the chunks that were done within the budget', async () => {
    const { projector, syncState, graph, queued } = projection({ budgetMs: 50 });
    const ids = Array.from({ length: 250 }, (_, n) => `m${n}`);
    syncState.put(...ids.map((id) => state('t', id, 1)));
    const { apply } = graph;
    const calls: number[] = [];
    graph.apply = (states) => {
      calls.push(states.length);
      return calls.length === 1 ? apply(states) : new Promise(() => undefined);
    };
    expect((await projector.project('t', changed(...ids))).size).toBe(100);
    expect(queued()).toHaveLength(150);
    expect(calls).toEqual([100, 100]);
  });

  it('answers only versions that the graph has: an older state is no success', async () => {
    const { projector, syncState, queued } = projection();
    syncState.put(state('t', 'a', 1), state('t', 'b', 3));
    const answer = await projector.project('t', [
      { id: 'a', version: 2 },
      { id: 'b', version: 2 },
    ]);
    expect(answer).toEqual(new Set(['b']));
    expect(queued()).toEqual([['t', 'a', 2]]);
  });

  it('goes past a state that the graph refuses, and does not open the circuit for it', async () => {
    const { projector, syncState, graph, queued, lines } = projection({ failures: 1 });
    syncState.put(state('t', 'a', 1), state('t', 'poison', 1));
    const { apply } = graph;
    graph.apply = (states) =>
      states.some(({ id }) => id === 'poison') ? Promise.reject(graphRefuses()) : apply(states);
    for (let round = 0; round < 3; round += 1) {
      expect(await projector.project('t', changed('a', 'poison'))).toEqual(new Set(['a']));
    }
    expect(queued()).toHaveLength(3);
    expect(lines[0]).toMatchObject({ level: 'error', fields: { memoryId: 'poison' } });
  });

  it('stops trying after failures in a row, and tries again after a while', async () => {
    const { projector, syncState, graph, queued } = projection({ failures: 2, halfOpenAfterMs: 30 });
    syncState.put(state('t', 'a', 1));
    const { apply } = graph;
    graph.apply = () => Promise.reject(graphDown());
    const read = vi.spyOn(syncState, 'read');
    for (let round = 0; round < 5; round += 1) await projector.project('t', changed('a'));
    expect(read).toHaveBeenCalledTimes(2);
    expect(queued()).toHaveLength(5);

    graph.apply = apply;
    await vi.waitFor(async () => expect(await projector.project('t', changed('a'))).toEqual(new Set(['a'])));
  });

  it('shares its circuit with every projector of the same graph', async () => {
    const ports = replication();
    ports.graph.apply = () => Promise.reject(graphDown());
    ports.syncState.put(state('t', 'a', 1));
    const read = vi.spyOn(ports.syncState, 'read');
    for (let request = 0; request < 5; request += 1) {
      await inlineProjector(ports, { failures: 3, budgetMs: 5_000 }).project('t', changed('a'));
    }
    expect(read).toHaveBeenCalledTimes(3);
  });
});
