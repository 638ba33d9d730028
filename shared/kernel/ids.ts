import { v7 } from 'uuid';

/** A new UUIDv7: sortable by the millisecond of its making, monotonic within one process. */
export const newId = (): string => v7();
