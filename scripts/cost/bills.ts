import { table } from '../bench/table.ts';
import { byItem, type Line, totalOf } from './lines.ts';

/** Two digits after the point; four for less than a cent, which would else be nothing. */
export function dollars(amount: number): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.01 ? 4 : 2;
  return amount.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export const figure = (amount: number) => amount.toLocaleString('en', { maximumSignificantDigits: 3 });

/** Items as rows, the bills as columns, and their totals. */
export function bills(title: string, columns: Readonly<Record<string, readonly Line[]>>): string {
  const sums = Object.values(columns).map(byItem);
  const items = [...new Set(sums.flatMap((sum) => [...sum.keys()]))].filter((item) =>
    sums.some((sum) => (sum.get(item) ?? 0) > 0),
  );
  const rows = items.map((item) => [item, ...sums.map((sum) => dollars(sum.get(item) ?? 0))]);
  const totals = Object.values(columns).map((lines) => dollars(totalOf(lines)));
  return table([title, ...Object.keys(columns)], [...rows, ['total', ...totals]]);
}
