import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

const largestCount = 10;
/** EventBridge counts source, type and detail, and 14 bytes for a time. */
const largestBytes = 256 * 1024;

const bytesOf = (entry: PutEventsRequestEntry) =>
  [entry.Source, entry.DetailType, entry.Detail].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    14,
  );

/** Splits entries into calls that the bus takes. One that is too large goes alone, so that it fails alone. */
export function eventBatches<T extends { entry: PutEventsRequestEntry }>(items: T[]): T[][] {
  const batches: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = bytesOf(item.entry);
    const last = batches.at(-1);
    if (last === undefined || last.length === largestCount || size > room) {
      batches.push([item]);
      room = largestBytes - size;
    } else {
      last.push(item);
      room -= size;
    }
  }
  return batches;
}
