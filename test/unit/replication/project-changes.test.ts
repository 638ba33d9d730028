import { describe, expect, it, vi } from 'vitest';
import type { ChangeMessage } from '../../../shared/replication/project-changes.ts';
import { projectChanges } from '../../../shared/replication/project-changes.ts';
import { state, tombstone } from '../../conformance/graph-states.ts';
import { graphDown, replication, storeDown } from './fakes.ts';

const message = (messageId: string, tenantId: string, memoryId: string, version = 1): ChangeMessage => ({
  messageId,
  body: { schemaVersion: 1, tenantId, memoryId, version },
});

describe('projectChanges', () => {
  it('works on sets: one read and one transaction for each tenant', async () => {
    const ports = replication();
    ports.syncState.put(state('t', 'a', 3), state('t', 'b', 1), state('u', 'a', 2));
    const [read, apply] = [vi.spyOn(ports.syncState, 'read'), vi.spyOn(ports.graph, 'apply')];
    const messages = [
      message('1', 't', 'a', 3),
      message('2', 't', 'a', 1),
      message('3', 'u', 'a', 2),
      message('4', 't', 'b'),
      message('5', 't', 'a', 2),
    ];
    expect(await projectChanges(messages, ports)).toEqual({ retry: [] });
    expect(read.mock.calls).toEqual([
      ['t', ['a', 'b']],
      ['u', ['a']],
    ]);
    expect(apply).toHaveBeenCalledTimes(2);
    expect(ports.graph.contents('t').memories).toMatchObject([
      { id: 'a', version: 3 },
      { id: 'b', version: 1 },
    ]);
  });

  it('reads the current state, so an old message about a deleted memory brings nothing back', async () => {
    const ports = replication();
    ports.syncState.put(tombstone('t', 'a', 2));
    expect(await projectChanges([message('1', 't', 'a', 1)], ports)).toEqual({ retry: [] });
    expect(await ports.graph.count('t')).toBe(0);
    expect(ports.syncState.projectedVersion('t', 'a')).toBe(2);
  });

  it('lets messages go that name a memory of another tenant, or none, and says so', async () => {
    const ports = replication();
    ports.syncState.put(state('u', 'secret', 1), state('t', 'a', 1));
    const batch = [message('1', 't', 'secret'), message('2', 't', 'nothing'), message('3', 't', 'a')];
    expect(await projectChanges(batch, ports)).toEqual({ retry: [] });
    expect(ports.graph.contents('t').memories.map(({ id }) => id)).toEqual(['a']);
    expect(await ports.graph.count('u')).toBe(0);
    expect(ports.lines).toMatchObject([{ level: 'warn', fields: { unknown: ['secret', 'nothing'] } }]);
  });

  it('asks again for every message about what failed, and for those alone', async () => {
    const ports = replication();
    ports.syncState.put(state('t', 'a', 2), state('u', 'a', 1));
    const { apply } = ports.graph;
    ports.graph.apply = (states) =>
      states[0]?.tenantId === 't' ? Promise.reject(graphDown()) : apply(states);
    const batch = [
      message('1', 't', 'a', 1),
      message('2', 'u', 'a'),
      message('3', 't', 'a', 2),
      message('4', 't', 'x'),
    ];
    expect(await projectChanges(batch, ports)).toEqual({ retry: ['1', '3'] });
    ports.graph.apply = apply;
    expect(await projectChanges(batch, ports)).toEqual({ retry: [] });
    expect(ports.syncState.projectedVersion('t', 'a')).toBe(2);
  });

  it('asks again for all when Postgres is down', async () => {
    const ports = replication();
    ports.syncState.read = () => Promise.reject(storeDown());
    expect(await projectChanges([message('1', 't', 'a'), message('2', 'u', 'b')], ports)).toEqual({
      retry: ['1', '2'],
    });
  });

  it('asks again when Postgres answers an older version than the message names', async () => {
    const ports = replication();
    ports.syncState.put(state('t', 'a', 1));
    expect(await projectChanges([message('1', 't', 'a', 2)], ports)).toEqual({ retry: ['1'] });
    ports.syncState.put(state('t', 'a', 2));
    expect(await projectChanges([message('1', 't', 'a', 2)], ports)).toEqual({ retry: [] });
  });

  it('does nothing for no messages', async () => {
    expect(await projectChanges([], replication())).toEqual({ retry: [] });
  });
});
