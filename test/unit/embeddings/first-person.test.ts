import { describe, expect, it } from 'vitest';
import { candidateNames, firstPersonQuery, withoutNames } from '../../../shared/memory/first-person.ts';

describe('firstPersonQuery', () => {
  it.each([
    ["What did Caroline's sister say?", ['Caroline'], 'What did my sister say?'],
    ['What did Caroline’s sister say?', ['Caroline'], 'What did my sister say?'],
    ['When did CAROLINE move?', ['caroline'], 'When did I move?'],
    ["James' dog and James's cat", ['James'], 'my dog and my cat'],
    ['Anna Maria met Anna', ['Anna', 'Anna Maria'], 'I met I'],
    ['Carolines and Caroline2 stay', ['Caroline'], 'Carolines and Caroline2 stay'],
    ['Does Zoë know Zoëlle?', ['Zoë'], 'Does I know Zoëlle?'],
    ['ask agent-7 (a.b+c) now', ['a.b+c', 'agent-7'], 'ask I (I) now'],
    ['nobody is named', [], 'nobody is named'],
    ['empty names', ['', '  '], 'empty names'],
  ])('%j with %j', (query, names, expected) => {
    expect(firstPersonQuery(query, names)).toBe(expected);
  });

  it('takes any characters in a name as they are', () => {
    for (const name of ['.*', '(', '[a', 'a|b', '\\', '^$', '{1}', '/', '-', '?']) {
      expect(firstPersonQuery(`x ${name} y`, [name])).toBe('x I y');
    }
  });
});

describe('withoutNames', () => {
  it.each([
    ["What did Caroline's sister tell caroline?", ['Caroline'], 'What did sister tell ?'],
    ["James' dog", ['James'], 'dog'],
    ['Caroline', ['Caroline'], ''],
    ['untouched  text', [], 'untouched  text'],
  ])('%j with %j', (query, names, expected) => {
    expect(withoutNames(query, names)).toBe(expected);
  });
});

describe('candidateNames', () => {
  it('offers sequences of one to three words, lower case, without genitives', () => {
    const names = candidateNames('What did Anna Maria’s friend of agent-7 tell bob@x.com?');
    expect(names).toEqual(
      expect.arrayContaining(['anna', 'anna maria', 'agent-7', 'bob@x.com', 'did anna maria']),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('puts what looks like a name first, and answers at most 200', () => {
    const names = candidateNames(`${'some words that go on '.repeat(300)}${uniqueWords(300)} Zelda`);
    expect(names).toHaveLength(200);
    expect(names[0]).toBe('zelda');
  });

  it('has nothing to offer for marks alone', () => {
    expect(candidateNames("?! ... '")).toEqual([]);
  });
});

const uniqueWords = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => `w${String.fromCharCode(97 + (i % 26))}${'x'.repeat(i / 26 + 1)}`,
  ).join(' ');
