import { describe, expect, it, vi } from 'vitest';
import { projectMemories } from '../../../shared/replication/project-memories.ts';
import { state, tombstone } from '../../conformance/graph-states.ts';
import { graphDown, graphRefuses, replication, storeDown } from './fakes.ts';

describe('projectMemories', () => {
  it('brings the graph and the ledger up to the current state', async () => {
    const { syncState, graph } = replication();
    syncState.put(state('t', 'a', 3, { outgoing: [['b']] }), state('t', 'b', 1), tombstone('t', 'c', 5));
    const result = await projectMemories('t', ['a', 'b', 'c', 'a'], { syncState, graph });
    expect(result).toEqual({
      projected: new Map(Object.entries({ a: 3, b: 1, c: 5 })),
      unknown: [],
      failed: [],
    });
    expect(await graph.count('t')).toBe(2);
    expect(graph.contents('t').edges).toHaveLength(1);
    expect(['a', 'b', 'c'].map((id) => syncState.projectedVersion('t', id))).toEqual([3, 1, 5]);
  });

  it('names ids that the tenant does not have, though another one may', async () => {
    const { syncState, graph } = replication();
    syncState.put(state('t', 'a', 1), state('other', 'secret', 1));
    const result = await projectMemories('t', ['a', 'secret', 'nothing'], { syncState, graph });
    expect(result.unknown).toEqual(['secret', 'nothing']);
    expect([...result.projected.keys()]).toEqual(['a']);
    expect(await graph.count('other')).toBe(0);
    expect(syncState.projectedVersion('other', 'secret')).toBe(0);
  });

  it('works in chunks of 500, each done before the next', async () => {
    const { syncState, graph } = replication();
    const ids = Array.from({ length: 1_201 }, (_, n) => `m${n}`);
    syncState.put(...ids.map((id) => state('t', id, 1)));
    const { apply: applied } = graph;
    const apply = vi.spyOn(graph, 'apply').mockImplementationOnce(applied).mockRejectedValueOnce(graphDown());
    const { projected, failed } = await projectMemories('t', ids, { syncState, graph });
    expect(apply.mock.calls.map(([states]) => states.length)).toEqual([500, 500, 201]);
    expect(projected.size).toBe(701);
    expect(failed.map(({ id }) => id)).toEqual(ids.slice(500, 1_000));
    expect(syncState.projectedVersion('t', 'm700')).toBe(0);
  });

  it('isolates a state that the graph refuses', async () => {
    const { syncState, graph } = replication();
    syncState.put(state('t', 'a', 1), state('t', 'poison', 1), state('t', 'c', 1));
    const { apply } = graph;
    graph.apply = async (states) => {
      if (states.some(({ id }) => id === 'poison')) throw graphRefuses();
      await apply(states);
    };
    const { projected, failed } = await projectMemories('t', ['a', 'poison', 'c'], { syncState, graph });
    expect([...projected.keys()]).toEqual(['a', 'c']);
    expect(failed).toEqual([{ id: 'poison', error: graphRefuses() }]);
    expect(syncState.projectedVersion('t', 'poison')).toBe(0);
  });

  it('does not try one by one while the graph is down', async () => {
    const { syncState, graph } = replication();
    syncState.put(state('t', 'a', 1), state('t', 'b', 1));
    const apply = vi.spyOn(graph, 'apply').mockRejectedValue(graphDown());
    const { projected, failed } = await projectMemories('t', ['a', 'b'], { syncState, graph });
    expect(apply).toHaveBeenCalledTimes(1);
    expect(projected.size).toBe(0);
    expect(failed.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('reports a failed read of Postgres, and touches nothing', async () => {
    const { syncState, graph } = replication();
    syncState.read = () => Promise.reject(storeDown());
    const apply = vi.spyOn(graph, 'apply');
    const { failed } = await projectMemories('t', ['a'], { syncState, graph });
    expect(failed).toEqual([{ id: 'a', error: storeDown() }]);
    expect(apply).not.toHaveBeenCalled();
  });

  it('converges when it ends between the graph and the ledger, and is run again', async () => {
    const { syncState, graph } = replication();
    syncState.put(state('t', 'a', 2, { entities: [['ada']] }));
    const mark = vi.spyOn(syncState, 'markProjected').mockRejectedValueOnce(storeDown());
    const first = await projectMemories('t', ['a'], { syncState, graph });
    expect(first.failed.map(({ id }) => id)).toEqual(['a']);
    const inGraph = graph.contents('t');
    expect(inGraph.memories).toMatchObject([{ id: 'a', version: 2 }]);

    const second = await projectMemories('t', ['a'], { syncState, graph });
    expect(second.projected).toEqual(new Map([['a', 2]]));
    expect(graph.contents('t')).toEqual(inGraph);
    expect(syncState.projectedVersion('t', 'a')).toBe(2);
    expect(mark).toHaveBeenCalledTimes(2);
  });
});
