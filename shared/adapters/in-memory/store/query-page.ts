import type { Sort } from '../../../contracts/memory/filter.ts';
import { AppError } from '../../../kernel/app-error.ts';
import type { Memory } from '../../../memory/model.ts';
import type { MemoryQuery, PagePosition } from '../../../memory/ports.ts';
import { compareText } from './match-scope.ts';

const compareKeys = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b));

/** One page of the given memories, by position rather than offset. */
export function pageOf(
  memories: Memory[],
  { sort, limit, after }: Pick<MemoryQuery, 'sort' | 'limit' | 'after'>,
): { memories: Memory[]; next?: PagePosition } {
  const keys: { field: Sort[number]['field'] | 'id'; order: 'asc' | 'desc' }[] = [
    ...sort,
    { field: 'id', order: sort.at(-1)?.order ?? 'desc' },
  ];
  if (after && after.length !== keys.length) {
    throw new AppError(
      'invalid_cursor',
      'The cursor belongs to a query with another sort; start again without it.',
    );
  }
  const positionOf = (memory: Memory): (string | number)[] => keys.map(({ field }) => memory[field]);
  const order = (a: (string | number)[], b: (string | number)[]): number => {
    for (const [index, key] of keys.entries()) {
      const difference = compareKeys(a[index] ?? '', b[index] ?? '');
      if (difference !== 0) return key.order === 'asc' ? difference : -difference;
    }
    return 0;
  };
  const rows = memories
    .map((memory) => ({ memory, position: positionOf(memory) }))
    .filter(({ position }) => !after || order(position, after as (string | number)[]) > 0)
    .sort((a, b) => order(a.position, b.position));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    memories: page.map(({ memory }) => memory),
    ...(rows.length > limit && last && { next: last.position }),
  };
}
