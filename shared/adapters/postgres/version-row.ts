import type { ChangeKind, MemoryState, MemoryVersion } from '../../memory/model.ts';

export interface VersionRow {
  version: string;
  operation: ChangeKind;
  changed_at: Date;
  changed_by: string;
  reason: string | null;
  state: MemoryState;
  created_at: Date;
}

/** A version as it was written. Access counters belong to the present and are 0 here. */
export function versionFromRow(row: VersionRow): MemoryVersion {
  const changedAt = row.changed_at.toISOString();
  const version = Number(row.version);
  return {
    version,
    operation: row.operation,
    changedAt,
    changedBy: row.changed_by,
    ...(row.reason !== null && { reason: row.reason }),
    memory: {
      ...row.state,
      tier: 'warm',
      version,
      createdAt: row.created_at.toISOString(),
      updatedAt: changedAt,
      accessCount: 0,
    },
  };
}
