import { beforeEach, describe, expect, it } from 'vitest';
import { type EventEnvelope, eventEnvelope } from '../../shared/contracts/events.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { EventPublisher } from '../../shared/replication/ports.ts';

export interface PublisherUnderTest {
  publisher: EventPublisher;
  /** The envelopes that arrived so far, in any order. */
  arrived(): Promise<unknown[]>;
}

export const someEvent = (): EventEnvelope => ({
  id: newId(),
  type: 'memory.stored',
  schemaVersion: 1,
  tenantId: 'tenant ü',
  occurredAt: '2026-01-02T03:04:05.000Z',
  data: { memoryId: newId(), version: 1, memoryType: 'semantic' },
});

const ids = (events: unknown[]) => events.map((event) => (event as EventEnvelope).id).sort();

export function describeEventPublisher(name: string, make: () => Promise<PublisherUnderTest>): void {
  describe(`EventPublisher: ${name}`, () => {
    let subject: PublisherUnderTest;
    beforeEach(async () => {
      subject = await make();
    });

    it('publishes nothing for nothing', async () => {
      expect(await subject.publisher.publish([])).toEqual([]);
      expect(await subject.arrived()).toEqual([]);
    });

    it('carries the envelope that the contract accepts, unchanged', async () => {
      const event = someEvent();
      expect(await subject.publisher.publish([event])).toEqual([event.id]);
      const [envelope] = await subject.arrived();
      expect(eventEnvelope.parse(envelope)).toEqual(event);
    });

    it('answers the id of everything that was accepted, and all of it arrives', async () => {
      const events = Array.from({ length: 27 }, someEvent);
      const accepted = await subject.publisher.publish(events);
      expect([...accepted].sort()).toEqual(ids(events));
      expect(ids(await subject.arrived())).toEqual(ids(events));
    });
  });
}
