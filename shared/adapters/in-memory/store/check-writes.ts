import { AppError } from '../../../kernel/app-error.ts';
import type { MemoryWrite, WriteFailure } from '../../../memory/ports.ts';
import { byExternalId } from './references.ts';
import type { TenantState } from './state.ts';

/** A write beside the memory that it meets. */
export interface CheckedWrite {
  write: MemoryWrite;
  id: string;
  version: number;
  created: boolean;
  failure?: WriteFailure;
}

/** Why a write is refused. */
export const failure = (
  code: WriteFailure['code'],
  detail: string,
  details: WriteFailure['details'] = {},
): WriteFailure => ({ ok: false, code, detail, details });

export const notFoundFailure = () => failure('not_found', 'There is no memory with this id.');

export const versionConflict = (currentVersion: number | null) =>
  failure('version_conflict', 'The memory is at another version; read it again and repeat the change.', {
    currentVersion,
  });

/** @throws AppError `validation_failed` for characters that a database's text cannot hold. */
export function refuseUnstorable(value: unknown): void {
  JSON.stringify(value, (key, member: unknown) => {
    for (const text of [key, member]) {
      if (typeof text === 'string' && (text.includes('\0') || !text.isWellFormed())) {
        throw new AppError(
          'validation_failed',
          'A value of the request cannot be stored; check its characters and ranges.',
        );
      }
    }
    return member;
  });
}

/** Each write of a request with what stands against it; each fails by itself. */
export function checkWrites(tenant: TenantState, writes: MemoryWrite[]): CheckedWrite[] {
  const seen = new Set<string>();
  let dimension = tenant.callerDimension;

  return writes.map((write) => {
    const { id, externalId } = write.state;
    const known = tenant.memories.get(id) ?? byExternalId(tenant, externalId);
    const identity = known
      ? `id:${known.state.id}`
      : externalId === undefined
        ? `id:${id}`
        : `external id:${externalId}`;
    const twice = seen.has(identity);
    seen.add(identity);
    const checked: CheckedWrite = {
      write,
      id: known?.state.id ?? id,
      version: (known?.version ?? tenant.ledger.get(id)?.version ?? 0) + 1,
      created: known === undefined,
    };
    const given = write.callerEmbedding?.length;
    const refused = ((): WriteFailure | undefined => {
      if (twice) {
        return failure('external_id_conflict', 'The same memory stands twice in this batch; store it once.');
      }
      if (!known && write.kind !== 'stored') return notFoundFailure();
      if (known?.state.deletedAt !== undefined && write.kind !== 'stored') {
        return failure('gone', 'This memory was deleted.');
      }
      if (write.expectedVersion !== undefined && write.expectedVersion !== (known?.version ?? 0)) {
        return versionConflict(known?.version ?? null);
      }
      if (given === undefined) return undefined;
      dimension ??= given;
      if (given === dimension) return undefined;
      return failure(
        'dimension_mismatch',
        `The embedding has ${given} dimensions, the space caller has ${dimension}.`,
        { given, expected: dimension },
      );
    })();
    return refused ? { ...checked, failure: refused } : checked;
  });
}
