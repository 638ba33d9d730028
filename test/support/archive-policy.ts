import type { ArchivePolicy } from '../../shared/lifecycle/ports.ts';

/** Nobody waits for company, and packs of any age are compacted. */
export const archivePolicy: ArchivePolicy = {
  afterDays: 90,
  keepImportance: 0.8,
  minPackMemories: 1,
  waitDays: 30,
  compactBelow: 0.5,
  compactAges: [{ fromDays: 0, toDays: Number.POSITIVE_INFINITY }],
};
