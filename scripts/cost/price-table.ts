import { table } from '../bench/table.ts';
import type { Source } from './price-sources.ts';
import { pricedRegion, prices, type UnitPrice } from './prices.ts';

const readable = (usd: number) =>
  usd < 0.001 ? `${Number((usd * 1e6).toPrecision(6))} a million` : `${usd}`;

const priceRow = (name: string, { usd, per, source }: UnitPrice) => [
  name,
  readable(usd),
  per,
  titleOf(source),
];
const titleOf = ({ title, asOf = 'undated', readOn }: Source) => `${title} (${asOf}; read ${readOn})`;

/** Every price, where it was read and when, and when it held; then where the pages are. */
export function priceTable(): string {
  const all = Object.entries<UnitPrice>(prices);
  const addresses = new Map(
    all.flatMap(([, { source }]) => (source.address ? [[source.title, source.address]] : [])) as [
      string,
      string,
    ][],
  );
  return [
    table(
      [`US$ in ${pricedRegion}`, 'price', 'per', 'source'],
      all.map(([name, price]) => priceRow(name, price)),
    ),
    [...addresses].map(([title, address]) => `${title}: ${address}`).join('\n'),
  ].join('\n\n');
}
