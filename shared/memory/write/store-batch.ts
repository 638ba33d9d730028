import type { z } from 'zod';
import { errorStatus } from '../../contracts/errors.ts';
import { issuesOf } from '../../contracts/issues.ts';
import { type storeBatchAnswer, type storeBatchBody, storeBatchItem } from '../../contracts/memory/store.ts';
import { hasCode } from '../../kernel/app-error.ts';
import { elapsedMs } from '../../kernel/clock.ts';
import { type Committed, commitWrites } from './commit-writes.ts';
import type { WriteContext, WriteDeps } from './context.ts';
import type { Draft } from './derive.ts';
import { draftFromItem } from './store-memory.ts';

type Answer = z.output<typeof storeBatchAnswer>;
type Refusal = { code: 'validation_failed' | 'personal_data_blocked'; detail: string };

/** One item as a draft, or why it is refused. */
function draftOf(tenantId: string, raw: unknown, deps: WriteDeps): Draft | Refusal {
  const parsed = storeBatchItem.safeParse(raw);
  if (!parsed.success) {
    const detail = issuesOf('item', parsed.error)
      .slice(0, 5)
      .map(({ path, message }) => `${path}: ${message}`)
      .join('; ');
    return { code: 'validation_failed', detail };
  }
  try {
    return draftFromItem(tenantId, parsed.data, deps);
  } catch (error) {
    if (!hasCode(error, 'personal_data_blocked')) throw error;
    return { code: 'personal_data_blocked', detail: error.message };
  }
}

/** Stores up to 500 memories in one round trip; each succeeds or fails by itself, in the order given. */
export async function storeBatch(
  body: z.output<typeof storeBatchBody>,
  context: Omit<WriteContext, 'consistency'>,
  deps: WriteDeps,
): Promise<Answer> {
  const started = deps.clock.now();
  const drafts = body.items.map((raw) => draftOf(context.tenantId, raw, deps));
  const accepted = drafts.flatMap((draft) => ('state' in draft ? [draft] : []));
  const { items, warnings } =
    accepted.length > 0
      ? await commitWrites({ ...context, consistency: body.consistency }, accepted, deps)
      : { items: [], warnings: [] };

  let next = 0;
  const results = drafts.map((draft, index): Answer['results'][number] => {
    const item: Committed | Refusal | undefined = 'state' in draft ? items[next++] : draft;
    if (item && 'memory' in item) {
      return { index, status: item.created ? 201 : 200, id: item.memory.id, version: item.memory.version };
    }
    const refusal = item ?? { code: 'internal' as const, detail: 'The write had no outcome.' };
    return { index, status: errorStatus[refusal.code], code: refusal.code, detail: refusal.detail };
  });
  const stored = items.filter((item) => item.ok);
  return {
    results,
    metadata: {
      vectorWriteSuccess: stored.length === drafts.length,
      graphWriteSuccess: stored.length === drafts.length && stored.every((item) => item.inGraph),
      durationMs: elapsedMs(deps.clock, started),
    },
    warnings,
  };
}
