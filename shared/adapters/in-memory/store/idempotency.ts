import { AppError } from '../../../kernel/app-error.ts';
import type { EraseOutcome, IdempotencyKey, WriteOutcome } from '../../../memory/ports.ts';
import type { StoredKey, TenantState } from './state.ts';

const honouredMs = 24 * 60 * 60 * 1_000;

const keyReused = () =>
  new AppError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another request; use a new key for a new request.',
  );

/** The key as it stands, unless it is older than a day. @throws AppError `idempotency_key_reused`. */
export function standingKey(
  { keys }: TenantState,
  { key, requestHash }: IdempotencyKey,
  now: number,
): StoredKey | undefined {
  const known = keys.get(key);
  if (known === undefined || known.createdAt < now - honouredMs) return undefined;
  if (known.requestHash !== requestHash) throw keyReused();
  return known;
}

/** The outcomes of the effect that claimed the key before; undefined when the claim is new, or there is no key. */
export function claimKey<T extends WriteOutcome | EraseOutcome>(
  tenant: TenantState,
  idempotency: IdempotencyKey | undefined,
  now: number,
): T[] | undefined {
  if (!idempotency) return undefined;
  const known = standingKey(tenant, idempotency, now);
  // the hash of the request names its operation, so outcomes of the other kind cannot stand here
  if (known) return known.outcomes && (structuredClone(known.outcomes) as T[]);
  tenant.keys.set(idempotency.key, { requestHash: idempotency.requestHash, createdAt: now, purged: false });
  return undefined;
}

/** Keeps the outcomes under the key, or gives the claim back when nothing was done. */
export function settleKey(
  { keys }: TenantState,
  idempotency: IdempotencyKey | undefined,
  outcomes: (WriteOutcome | EraseOutcome)[],
): void {
  if (!idempotency) return;
  const claimed = keys.get(idempotency.key);
  if (outcomes.some((outcome) => outcome.ok) && claimed) claimed.outcomes = structuredClone(outcomes);
  else if (claimed?.answer === undefined) keys.delete(idempotency.key);
}

/** Answers hold the content of the memories that they tell of: what is erased goes from them too. */
export function purgeAnswers({ keys }: TenantState, erased: ReadonlySet<string>): void {
  const isErased = (outcome: WriteOutcome | EraseOutcome) => outcome.ok && erased.has(outcome.id);
  for (const known of keys.values()) {
    if (!known.outcomes?.some(isErased)) continue;
    delete known.answer;
    known.purged = true;
    known.outcomes = known.outcomes.map((outcome) =>
      isErased(outcome)
        ? { ok: false, code: 'gone', detail: 'This memory was deleted.', details: {} }
        : outcome,
    );
  }
}
