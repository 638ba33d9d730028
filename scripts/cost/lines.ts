import { type PriceName, prices } from './prices.ts';

/** So much of something that has a price. */
export interface Line {
  readonly item: string;
  readonly quantity: number;
  readonly price: PriceName;
}

export const line = (item: string, quantity: number, price: PriceName): Line => ({ item, quantity, price });

export const dollarsOf = ({ quantity, price }: Line): number => quantity * prices[price].usd;

export const totalOf = (lines: readonly Line[]): number =>
  lines.reduce((sum, each) => sum + dollarsOf(each), 0);

export const times = (factor: number, lines: readonly Line[]): Line[] =>
  lines.map((each) => ({ ...each, quantity: each.quantity * factor }));

/** Dollars by item, in the order in which the items first appear. */
export function byItem(lines: readonly Line[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const each of lines) sums.set(each.item, (sums.get(each.item) ?? 0) + dollarsOf(each));
  return sums;
}
