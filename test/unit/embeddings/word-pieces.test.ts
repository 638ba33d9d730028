import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  pieceBuffer,
  piecesOf,
  readVocabulary,
} from '../../../shared/adapters/embeddings/static/word-pieces.ts';
import { wordsOf } from '../../../shared/adapters/embeddings/static/words.ts';
import vectors from './static-minilm.vectors.json' with { type: 'json' };

const shipped = join(import.meta.dirname, '../../../models/static-minilm/vocab.txt');

const rowsOf = (word: string, lines: string[]) => {
  const rows = pieceBuffer();
  return [...rows.subarray(0, piecesOf(word, readVocabulary(lines.join('\n')), rows))];
};

describe('wordsOf', () => {
  it.each([
    ["don't pay: €5!", ['don', "'", 't', 'pay', ':', '€5', '!']],
    ['a+b=c', ['a', '+', 'b', '=', 'c']],
    ['日本の cats', ['日', '本', 'の', 'cats']],
    ['Tab\there\u00a0there', ['tab', 'here', 'there']],
    ['co\u00adoperate \uFFFDx', ['cooperate', 'x']],
    ['“quoted”', ['“', 'quoted', '”']],
  ])('cuts %j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});

describe('piecesOf', () => {
  it('takes the longest piece at each position', () => {
    expect(rowsOf('unhappily', ['un', 'unhapp', '##ily', '##i', '##ly'])).toEqual([1, 2]);
  });
  it('drops a word that cannot be cut completely', () => {
    expect(rowsOf('unhappyz', ['un', '##happy'])).toEqual([]);
  });
  it('keeps starts and continuations apart', () => {
    expect(rowsOf('aa', ['a'])).toEqual([]);
    expect(rowsOf('##', ['#', '##', '###'])).toEqual([1]);
  });
  it('has an end for words of a hundred characters', () => {
    expect(rowsOf('a'.repeat(100), ['a', '##a'])).toHaveLength(100);
    expect(rowsOf('a'.repeat(101), ['a', '##a'])).toEqual([]);
  });
  it.each(vectors)('finds the published rows of "$text"', ({ text, rows }) => {
    const vocabulary = readVocabulary(readFileSync(shipped, 'utf8'));
    const buffer = pieceBuffer();
    const found = wordsOf(text).flatMap((word) => [
      ...buffer.subarray(0, piecesOf(word, vocabulary, buffer)),
    ]);
    expect(found).toEqual(rows);
  });
});
