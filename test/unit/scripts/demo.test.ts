import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readConversation, someQuestions } from '../../../scripts/demo/conversation.ts';
import { answerLines, hits } from '../../../scripts/demo/screen.ts';

const shipped = fileURLToPath(new URL('../../../scripts/demo/conversation.json', import.meta.url));

describe('the shipped conversation', () => {
  it('has evidence that exists for each of its questions', async () => {
    const { turns, questions } = await readConversation(shipped);
    const keys = new Set(turns.map(({ key }) => key));
    expect(turns).toHaveLength(60);
    expect(questions).toHaveLength(10);
    for (const { evidence } of questions) expect([...evidence].every((key) => keys.has(key))).toBe(true);
  });
});

describe('someQuestions', () => {
  const question = (text: string, category: number, ...evidence: string[]) => ({
    text,
    category,
    evidence: new Set(evidence),
  });
  const conversation = (questions: ReturnType<typeof question>[]) => ({ id: 'c', turns: [], questions });

  it('takes them evenly over the conversation', () => {
    const questions = Array.from({ length: 30 }, (_, n) => question(`q${n}`, 1, 'D1:1'));
    expect(someQuestions(conversation(questions), 3).map(({ text }) => text)).toEqual(['q0', 'q10', 'q20']);
  });

  it('leaves out those that nothing answers, and takes all where there are few', () => {
    const questions = [question('a', 1, 'D1:1'), question('adversarial', 5, 'D1:1'), question('none', 2)];
    expect(someQuestions(conversation(questions), 10).map(({ text }) => text)).toEqual(['a']);
  });
});

describe('answerLines', () => {
  const found = (externalId: string, content: string) => ({
    memory: { externalId, agentId: 'Ines', content, occurredAt: '2025-02-03T18:43:00.000Z' },
    score: 0.844,
    tier: 'warm',
  });
  const answered = {
    question: 'When did Ines sign the lease?',
    found: ['D2:4', 'D1:1', 'D1:2', 'D1:3'].map((key) =>
      found(`roof/${key}`, `turn ${key} ${'x'.repeat(200)}`),
    ),
    evidence: ['roof/D2:4', 'roof/D9:9'],
    ms: 12.4,
  } as unknown as Parameters<typeof answerLines>[0];

  it('shows the three best with score, author and date, and marks the evidence', () => {
    const lines = stripVTControlCharacters(answerLines(answered, 1, 100)).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^ 1\. When did Ines sign the lease\? +1 of 2 in top 5 +12 ms$/);
    expect(lines[1]).toMatch(/^ {2}✓ 0\.84 {2}Ines {6}03 Feb 2025 {2}turn D2:4 x+…$/);
    expect(lines[2]).toMatch(/^ {4}0\.84/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('counts the evidence among all that was found', () => {
    expect(hits(answered)).toBe(1);
  });
});
