import type { GraphProjection, SyncState } from './ports.ts';

export interface ServiceHealth {
  /** Without the graph memories are stored and found; without Postgres nothing is. */
  status: 'healthy' | 'degraded' | 'unhealthy';
  stores: { postgres: 'up' | 'down'; graph: 'up' | 'down' };
}

/** Whether both stores answer, for load balancers and monitors: no tenant, no counts. */
export async function serviceHealth({
  syncState,
  graph,
}: {
  syncState: Pick<SyncState, 'ping'>;
  graph: Pick<GraphProjection, 'ping'>;
}): Promise<ServiceHealth> {
  const [postgresUp, graphUp] = await Promise.all([syncState.ping(), graph.ping()]);
  return {
    status: !postgresUp ? 'unhealthy' : graphUp ? 'healthy' : 'degraded',
    stores: { postgres: postgresUp ? 'up' : 'down', graph: graphUp ? 'up' : 'down' },
  };
}
