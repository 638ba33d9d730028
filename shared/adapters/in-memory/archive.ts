import type { ArchivePacks, MemoryArchive } from '../../lifecycle/ports.ts';

interface StoredObject {
  bytes: Uint8Array;
  state: 'readable' | 'frozen' | 'thawing';
}

export interface InMemoryArchive extends MemoryArchive, ArchivePacks {
  /** By key; tests look inside and damage what they find. */
  readonly objects: Map<string, StoredObject>;
  /** As the lifecycle of a bucket does: what is there has to be brought back before it is read again. */
  freeze(): void;
  /** As Glacier does in its own time: what was asked for is readable. */
  bringBack(): void;
}

/** The archive in this process's memory. Objects share no bytes with what was put. */
export function inMemoryArchive(): InMemoryArchive {
  const objects = new Map<string, StoredObject>();
  const each = (from: StoredObject['state'][], to: StoredObject['state']) => {
    for (const object of objects.values()) if (from.includes(object.state)) object.state = to;
  };
  return {
    objects,
    freeze: () => each(['readable'], 'frozen'),
    bringBack: () => each(['thawing'], 'readable'),

    async put(key, bytes) {
      if (objects.has(key)) return 'exists';
      objects.set(key, { bytes: Uint8Array.from(bytes), state: 'readable' });
      return 'stored';
    },
    async get(key) {
      const object = objects.get(key);
      if (!object) return 'missing';
      return object.state === 'readable' ? Uint8Array.from(object.bytes) : 'frozen';
    },
    async delete(key) {
      objects.delete(key);
    },
    async read(key, { offset, length }) {
      const object = objects.get(key);
      if (!object) return 'missing';
      return object.state === 'readable' ? object.bytes.slice(offset, offset + length) : 'frozen';
    },
    async state(key) {
      return objects.get(key)?.state ?? 'missing';
    },
    async thaw(key) {
      const object = objects.get(key);
      if (object?.state === 'frozen') object.state = 'thawing';
    },
  };
}
