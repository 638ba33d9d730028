import { describe, expect, it } from 'vitest';
import { rulesExtractor } from '../../../shared/adapters/extraction/rules-extractor.ts';

const extractor = rulesExtractor();
const found = async (text: string) =>
  (await extractor.extract([text]))[0]!.map(({ type, normalized }) => `${type}:${normalized}`).sort();

describe('rulesExtractor', () => {
  it('finds people, places and organisations, without titles and genitives', async () => {
    expect(await found("Dr. Sarah Connor met José Müller at Google's office in Berlin.")).toEqual(
      expect.arrayContaining([
        'organization:google',
        'person:jose_muller',
        'person:sarah_connor',
        'place:berlin',
      ]),
    );
  });

  it('finds what has a form of its own', async () => {
    expect(
      await found(
        'Mail jane.doe@example.com or +1 415 555 2671 about $4.5 million and 20 euros, see https://example.com/a?b=1. #Launch',
      ),
    ).toEqual([
      'email:jane.doe@example.com',
      'hashtag:launch',
      'money:$4.5_million',
      'money:20_euros',
      'phone:+1_415_555_2671',
      'url:https://example.com/a?b=1',
    ]);
  });

  it('takes technical names as topics and "Project X" as a project', async () => {
    const names = await found('The Postgres cluster and CheckoutService belong to Project Phoenix.');
    expect(names).toEqual(expect.arrayContaining(['topic:postgres', 'topic:checkoutservice']));
    expect(names).toContain('project:project_phoenix');
  });

  it.each([
    'I think she said it would be fine. They went home.',
    'Monday is a holiday. Thanks!',
    "I'm sure he'd do it, and I've seen him. Wow, yes!",
    '[email] wrote to [phone] and [card:tok_AbCd].',
    'it was 3 of 5, at 10:30',
    '',
  ])('finds nothing in %j', async (text) => {
    expect(await found(text)).toEqual([]);
  });

  it('keeps one entity per name, with a confidence and its source', async () => {
    const [entities] = await extractor.extract(['Berlin, Berlin and BERLIN: Berlin!']);
    expect(entities!.filter(({ normalized }) => normalized === 'berlin')).toHaveLength(1);
    for (const { confidence, source } of entities!) {
      expect(source).toBe('rules');
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  });

  it('names a day, and no day of the week', async () => {
    expect(await found('They met on 7 May 2023 and again on Friday.')).toEqual(['date:7_may_2023']);
  });

  it('answers one list per text and reads the beginning of long ones', async () => {
    const long = `Berlin. ${'nothing here. '.repeat(800)} Paris.`;
    const lists = await extractor.extract([long, '', 'Rome']);
    expect(lists.map((entities) => entities.map(({ normalized }) => normalized))).toEqual([
      ['berlin'],
      [],
      ['rome'],
    ]);
  });
});
