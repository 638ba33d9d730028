import { describe, expect, it, vi } from 'vitest';
import { guardedGraph } from '../../../shared/adapters/graph/guarded-graph.ts';
import { inMemoryGraph } from '../../../shared/adapters/in-memory/graph.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import { state } from '../../conformance/graph-states.ts';
import { graphDown, graphRefuses, recordingLogger } from '../replication/fakes.ts';

const options = { timeoutMs: 5_000, failures: 3, halfOpenAfterMs: 60_000, logger: silentLogger };
const unavailable = { name: 'AppError', code: 'graph_unavailable', retryable: true };

describe('guardedGraph', () => {
  it('passes calls and answers on', async () => {
    const graph = guardedGraph(inMemoryGraph(), options);
    await graph.apply([state('t', 'a', 1, { outgoing: [['b']], entities: [['ada']] }), state('t', 'b', 1)]);
    expect(await graph.count('t')).toBe(2);
    expect(await graph.related('t', 'a', { depth: 1, limit: 5 })).toHaveLength(1);
    expect(await graph.recallByEntities('t', [{ type: 'person', normalized: 'ada' }], 5)).toHaveLength(1);
    expect(await graph.ping()).toBe(true);
  });

  it('opens after failures in a row, and then refuses without asking', async () => {
    const inner = inMemoryGraph();
    const apply = vi.spyOn(inner, 'apply').mockRejectedValue(graphDown());
    const { logger, lines } = recordingLogger();
    const graph = guardedGraph(inner, { ...options, logger });
    for (let call = 0; call < 6; call += 1) await expect(graph.apply([])).rejects.toMatchObject(unavailable);
    expect(apply).toHaveBeenCalledTimes(3);
    await expect(graph.count('t')).rejects.toMatchObject(unavailable);
    expect(lines.map(({ message }) => message)).toEqual(['graph circuit opened']);
    expect(await graph.ping()).toBe(true);
  });

  it('does not open when failures alternate with successes', async () => {
    const inner = inMemoryGraph();
    const graph = guardedGraph(inner, options);
    const { apply } = inner;
    for (let call = 0; call < 10; call += 1) {
      inner.apply = call % 2 === 0 ? () => Promise.reject(graphDown()) : apply;
      await graph.apply([]).catch(() => undefined);
    }
    await expect(graph.apply([])).resolves.toBeUndefined();
  });

  it('does not open for requests that a healthy graph refuses', async () => {
    const inner = inMemoryGraph();
    const apply = vi.spyOn(inner, 'apply').mockRejectedValue(graphRefuses());
    const graph = guardedGraph(inner, options);
    for (let call = 0; call < 6; call += 1) {
      await expect(graph.apply([])).rejects.toMatchObject({ retryable: false });
    }
    expect(apply).toHaveBeenCalledTimes(6);
  });

  it('closes again with the first success after the pause', async () => {
    const inner = inMemoryGraph();
    const { apply } = inner;
    inner.apply = () => Promise.reject(graphDown());
    const graph = guardedGraph(inner, { ...options, failures: 1, halfOpenAfterMs: 20 });
    await expect(graph.apply([])).rejects.toMatchObject(unavailable);
    inner.apply = apply;
    await vi.waitFor(() => graph.apply([state('t', 'a', 1)]));
    expect(await graph.count('t')).toBe(1);
  });

  it('lets the caller go when the graph hangs, and opens for that too', async () => {
    const inner = inMemoryGraph();
    const apply = vi.spyOn(inner, 'apply').mockReturnValue(new Promise(() => undefined));
    const graph = guardedGraph(inner, { ...options, timeoutMs: 10, failures: 2 });
    for (let call = 0; call < 4; call += 1) await expect(graph.apply([])).rejects.toMatchObject(unavailable);
    expect(apply).toHaveBeenCalledTimes(2);
    inner.ping = () => new Promise(() => undefined);
    expect(await graph.ping()).toBe(false);
  });
});
