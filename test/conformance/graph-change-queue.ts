import { beforeEach, describe, expect, it } from 'vitest';
import { type GraphChange, graphChange } from '../../shared/contracts/messages.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { GraphChangeQueue } from '../../shared/replication/ports.ts';

export interface QueueUnderTest {
  queue: GraphChangeQueue;
  /** Takes everything that waits, and leaves the queue empty. */
  takeAll(): Promise<unknown[]>;
}

export const someChange = (version = 1): GraphChange => ({
  schemaVersion: 1,
  tenantId: 'tenant "ä"',
  memoryId: newId(),
  version,
});

const byId = (left: GraphChange, right: GraphChange) => left.memoryId.localeCompare(right.memoryId);

export function describeGraphChangeQueue(name: string, make: () => Promise<QueueUnderTest>): void {
  describe(`GraphChangeQueue: ${name}`, () => {
    let subject: QueueUnderTest;
    beforeEach(async () => {
      subject = await make();
    });

    it('sends nothing for nothing', async () => {
      await subject.queue.send([]);
      expect(await subject.takeAll()).toEqual([]);
    });

    it('carries messages that the contract accepts, unchanged', async () => {
      const change = someChange(41);
      await subject.queue.send([change]);
      const [message] = await subject.takeAll();
      expect(graphChange.parse(message)).toEqual(change);
    });

    it.each([10, 11, 37])('carries all of %i', async (count) => {
      const changes = Array.from({ length: count }, (_, index) => someChange(index + 1));
      await subject.queue.send(changes);
      const taken = (await subject.takeAll()).map((message) => graphChange.parse(message));
      expect(taken.sort(byId)).toEqual(changes.sort(byId));
    });

    it('keeps duplicates: the consumer collapses them', async () => {
      const change = someChange();
      await subject.queue.send([change, change]);
      expect(await subject.takeAll()).toEqual([change, change]);
    });
  });
}
