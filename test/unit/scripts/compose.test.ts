import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { locale } from '../../../scripts/services/postgres.ts';

const compose = readFileSync(new URL('../../../compose.yaml', import.meta.url), 'utf8');

it("the container's database is made with the order and the letters of `npm run services`", () => {
  const [, options] = /POSTGRES_INITDB_ARGS: (.+)/.exec(compose) ?? [];
  expect(options?.split(' ')).toEqual(locale);
});
