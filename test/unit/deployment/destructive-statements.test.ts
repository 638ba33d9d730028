import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { destructiveStatements } from '../../../shared/deployment/destructive-statements.ts';

const up = (sql: string) => `-- Up Migration\n${sql}\n-- Down Migration\ndrop table strata.memories;\n`;

describe('destructiveStatements', () => {
  it.each([
    'drop table strata.memories',
    'DROP  TABLE IF EXISTS strata.memories CASCADE',
    'drop schema strata cascade',
    'drop type strata.memory_write',
    'drop extension vector',
    'drop materialized view strata.counts',
    'alter table strata.memories drop column summary',
    'alter table strata.memories drop summary',
    'truncate strata.outbox',
    'alter table strata.memories alter column importance type smallint',
    'alter table strata.memories alter importance set data type int using importance::int',
    "do $$ begin execute 'x'; drop table strata.memories; end $$",
  ])('finds %s', (statement) => {
    expect(destructiveStatements(up(`create table a (b int);\n${statement};`))).toHaveLength(1);
  });

  it.each([
    'drop function strata.one(text)',
    'drop index strata.two',
    'drop policy tenant on strata.memories',
    'drop trigger three on strata.memories',
    'drop view strata.four',
    'alter table strata.memories drop constraint five',
    'alter table strata.memories alter column tags drop default',
    'alter table strata.memories alter column domain drop not null',
    'alter table strata.memories add column type text',
    'create temp table six on commit drop as select 1',
    "comment on table strata.memories is 'drop table it''s not; truncate'",
    '-- drop table strata.memories\nselect 1',
    '/* truncate\n drop schema strata */ select 1',
    'create or replace function f() returns void language plpgsql as $body$ begin drop table t; end $body$',
    "create function strata.types() returns text language sql as $$ select 'alter table a alter b type c' $$",
  ])('lets %s pass', (statement) => {
    expect(destructiveStatements(up(`${statement};`))).toEqual([]);
  });

  it('names the statement, short and on one line', () => {
    const [found] = destructiveStatements(up(`drop table\n   strata.memories,\n ${'a'.repeat(200)};`));
    expect(found).toMatch(/^drop table strata\.memories, a+$/);
    expect(found).toHaveLength(120);
  });

  it('does not stand in the way of a migration that there is', () => {
    const directory = new URL('../../../shared/adapters/postgres/migrations/', import.meta.url);
    for (const file of readdirSync(directory)) {
      const found = destructiveStatements(readFileSync(new URL(file, directory), 'utf8'));
      expect([file, found]).toEqual([file, []]);
    }
  });
});
