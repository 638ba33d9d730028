import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relateBody } from '../../../shared/contracts/memory/recall.ts';
import { hasCode } from '../../../shared/kernel/app-error.ts';
import type { ChangeKind } from '../../../shared/memory/model.ts';
import { deleteMemory } from '../../../shared/memory/write/delete-memory.ts';
import { relateMemories } from '../../../shared/memory/write/relate-memories.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { store, update } from './support.ts';

const names = ['a', 'b', 'c'];

const step = fc.record({
  name: fc.constantFrom(...names),
  kind: fc.constantFrom('store', 'update', 'relate', 'delete', 'erase'),
  content: fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() !== ''),
  graphDown: fc.boolean(),
  strict: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What a memory's history should be, by a model that knows nothing of how it is kept. */
interface Expected {
  id?: string;
  deleted: boolean;
  history: { version: number; operation: ChangeKind; content: string }[];
}

/** Runs one step; answers whether it had an effect, and fails on any refusal that the model does not expect. */
async function run(
  deps: MemoryDeps,
  { name, kind, content, strict }: Step,
  id: string,
): Promise<string | undefined> {
  const consistency = strict ? 'strict' : 'eventual';
  try {
    switch (kind) {
      case 'store':
        return (await store(deps, { externalId: name, content, consistency })).answer.id;
      case 'update':
        return (await update(deps, id, { content, consistency })).id;
      case 'relate':
        return (
          await relateMemories(relateBody.parse({ source: name, target: content, consistency }), writer, deps)
        ).id;
      default:
        return (await deleteMemory(id, { hard: kind === 'erase' }, writer, deps)).id;
    }
  } catch (error) {
    if (hasCode(error, 'not_found') || hasCode(error, 'gone')) return undefined;
    if (hasCode(error, 'graph_unavailable') && strict) return undefined;
    throw error;
  }
}

function expectEffect(expected: Expected, { kind, content, graphDown, strict }: Step): void {
  const last = expected.history.at(-1);
  if (kind !== 'store' && (!last || (expected.deleted && kind !== 'erase'))) return;
  if (kind === 'erase') {
    expected.history = [];
    expected.deleted = false;
    return;
  }
  const version = (last?.version ?? 0) + 1;
  const operations = {
    store: last ? 'updated' : 'created',
    update: 'updated',
    relate: 'related',
    delete: 'deleted',
  } as const;
  const isNew = kind === 'store' || kind === 'update';
  const undone = strict && graphDown && kind !== 'delete';
  if (undone && !last) return;
  expected.history.push({
    version,
    operation: operations[kind],
    content: isNew ? content.trim() : last!.content,
  });
  if (undone) expected.history.push({ version: version + 1, operation: 'updated', content: last!.content });
  else expected.deleted = kind === 'delete';
}

describe('any sequence of changes', () => {
  it('raises versions by one per effect, and the history is that of the effects', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        // contents are arbitrary, so nothing may be redacted
        const deps = memoryDeps({ policy: { phone: 'allow', national_id: 'allow', card: 'allow' } });
        const expected = new Map<string, Expected>(
          names.map((name) => [name, { deleted: false, history: [] }]),
        );
        const highest = new Map<string, number>();
        for (const each of steps) {
          const model = expected.get(each.name)!;
          deps.faults.graph = each.graphDown;
          const id = await run(deps, each, model.id ?? '00000000-0000-7000-8000-000000000000');
          if (id !== undefined) model.id = id;
          expectEffect(model, each);

          const kept =
            model.id === undefined ? [] : await deps.memories.versions('acme', model.id, { limit: 100 });
          expect(
            kept
              .map(({ version, operation, memory }) => ({ version, operation, content: memory.content }))
              .reverse(),
          ).toEqual(model.history);
          for (const [memoryId, { version, graphVersion }] of deps.state.tenants.get('acme')?.ledger ?? []) {
            expect(version).toBeGreaterThanOrEqual(highest.get(memoryId) ?? 0);
            expect(graphVersion).toBeLessThanOrEqual(version);
            highest.set(memoryId, version);
          }
        }
        const live = await deps.memories.query('acme', {
          scope: {},
          sort: [],
          limit: 10,
          includeDeleted: false,
        });
        expect(live.memories.map(({ externalId }) => externalId).sort()).toEqual(
          names.filter((name) => expected.get(name)!.history.length > 0 && !expected.get(name)!.deleted),
        );
      }),
      { numRuns: 150 },
    );
  });
});
