import { beforeEach, describe, expect, it } from 'vitest';
import type { Sort } from '../../../shared/contracts/memory/filter.ts';
import type { PagePosition } from '../../../shared/memory/ports.ts';
import { applied, newTenant, stored, writeOf } from '../../support/store-writes.ts';
import type { MakeStores, Stores } from '../../support/stores.ts';

export function describePages(name: string, make: MakeStores): void {
  const fields = ['createdAt', 'updatedAt', 'occurredAt', 'importance', 'accessCount'] as const;
  const sorts: Sort[] = [
    [],
    ...fields.flatMap((field): Sort[] => [[{ field, order: 'asc' }], [{ field, order: 'desc' }]]),
    [
      { field: 'importance', order: 'desc' },
      { field: 'occurredAt', order: 'asc' },
    ],
    [
      { field: 'importance', order: 'asc' },
      { field: 'accessCount', order: 'desc' },
      { field: 'occurredAt', order: 'desc' },
    ],
  ];

  describe(`MemoryStore: ${name}: pages`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });

    const page = (sort: Sort, limit: number, after?: PagePosition) =>
      stores.memories.query(tenant, {
        scope: {},
        sort,
        limit,
        includeDeleted: false,
        ...(after && { after }),
      });

    async function seed() {
      const outcomes = await applied(
        stores.memories,
        tenant,
        Array.from({ length: 7 }, (_, index) =>
          writeOf({
            importance: [0.1, 0.7, 0.3][index % 3]!,
            occurredAt: `2026-01-0${1 + (index % 4)}T00:00:00.000Z`,
          }),
        ),
      );
      for (const { id } of outcomes.slice(2, 5)) await stores.memories.get(tenant, [id]);
      return outcomes.map(({ id }) => id);
    }

    it.each(
      sorts.map(
        (sort) => [sort.map(({ field, order }) => `${field} ${order}`).join(', ') || 'id', sort] as const,
      ),
    )('answers everything once, in order, by %s', async (_name, sort) => {
      const ids = await seed();
      const seen: Awaited<ReturnType<typeof page>>['memories'] = [];
      let after: PagePosition | undefined;
      do {
        const { memories, next } = await page(sort, 2, after);
        expect(memories.length).toBeLessThanOrEqual(2);
        seen.push(...memories);
        after = next;
      } while (after);
      expect(seen.map(({ id }) => id).sort()).toEqual([...ids].sort());

      const lastOrder = sort.at(-1)?.order ?? 'desc';
      for (const [index, current] of seen.slice(1).entries()) {
        const before = seen[index]!;
        const differing = sort.find(({ field }) => before[field] !== current[field]);
        const [a, b] = differing
          ? [before[differing.field], current[differing.field]]
          : [before.id, current.id];
        expect((differing?.order ?? lastOrder) === 'asc' ? a < b : a > b).toBe(true);
      }
      expect((await page(sort, 100)).memories.map(({ id }) => id)).toEqual(seen.map(({ id }) => id));
    });

    it('neither repeats nor skips a row while others come and go', async () => {
      const ids = await seed();
      const sort: Sort = [{ field: 'occurredAt', order: 'asc' }];
      const first = await page(sort, 3);
      await stored(stores.memories, tenant, { occurredAt: '2025-01-01T00:00:00.000Z' });
      const behind = await stored(stores.memories, tenant, { occurredAt: '2027-01-01T00:00:00.000Z' });
      await stores.memories.erase({ tenantId: tenant, items: [{ id: first.memories[0]!.id }] });
      const rest = await page(sort, 100, first.next);
      expect([...first.memories, ...rest.memories].map(({ id }) => id).sort()).toEqual(
        [...ids, behind.id].sort(),
      );
      expect(rest.next).toBeUndefined();
    });

    it('says that there is no more when the last page is full', async () => {
      await seed();
      const { memories, next } = await page([], 7);
      expect(memories).toHaveLength(7);
      expect(next).toBeUndefined();
    });

    it('refuses a position of another sort', async () => {
      await seed();
      const { next } = await page([], 2);
      await expect(page([{ field: 'importance', order: 'asc' }], 2, next)).rejects.toMatchObject({
        code: 'invalid_cursor',
      });
    });
  });
}
