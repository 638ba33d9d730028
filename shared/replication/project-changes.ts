import type { GraphChange } from '../contracts/messages.ts';
import type { Logger } from '../kernel/logger.ts';
import { type ProjectionPorts, projectMemories } from './project-memories.ts';

export interface ChangeMessage {
  readonly messageId: string;
  readonly body: GraphChange;
}

/**
 * Works on a batch of the queue as sets: one projection for each memory, at the highest version that any message
 * names. Tenants are read each for itself, so a message that names a memory of another finds nothing.
 * @returns the ids of the messages to deliver again; those that name no memory are done with
 */
export async function projectChanges(
  messages: readonly ChangeMessage[],
  { logger, ...ports }: ProjectionPorts & { logger: Logger },
): Promise<{ retry: string[] }> {
  const retry: string[] = [];
  const byTenant = Map.groupBy(messages, ({ body }) => body.tenantId);
  for (const [tenantId, changes] of byTenant) {
    const wanted = highestVersions(changes);
    const { projected, unknown, failed } = await projectMemories(tenantId, wanted.keys(), ports);
    // Postgres has the version before the message is sent: an older state came from elsewhere, read it again
    const stale = [...projected].filter(([id, version]) => version < (wanted.get(id) ?? 0)).map(([id]) => id);
    if (unknown.length > 0) logger.warn('graph changes of unknown memories', { tenantId, unknown });
    if (stale.length > 0) logger.warn('graph changes ahead of Postgres', { tenantId, stale });
    if (failed.length > 0) {
      const [first] = failed;
      logger.warn('graph changes not projected', { tenantId, count: failed.length, error: first?.error });
    }
    const again = new Set([...stale, ...failed.map(({ id }) => id)]);
    for (const { messageId, body } of changes) if (again.has(body.memoryId)) retry.push(messageId);
  }
  return { retry };
}

function highestVersions(changes: readonly ChangeMessage[]): Map<string, number> {
  const highest = new Map<string, number>();
  for (const { body } of changes) {
    highest.set(body.memoryId, Math.max(body.version, highest.get(body.memoryId) ?? 0));
  }
  return highest;
}
