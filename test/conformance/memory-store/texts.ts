import type { MemoryState } from '../../../shared/memory/model.ts';

/** Texts that something on the way might take for more than text. */
export const hostileTexts = [
  "'; drop table strata.memories; --",
  '$$ $1 \\ %s %I {{x}} $(y)',
  '`}) DETACH DELETE n //',
  '\\u0000 \\x00 %00',
  '%_ [a-z]* .* (',
  '../../etc/passwd',
  '<script>alert("1")</script>',
  '{"$gt": ""}',
  'null',
  ' leading and trailing ',
  'line\r\nbreak\ttab',
  '日本語 العربية עברית 👩‍👩‍👧‍👦',
  'e\u0301 and \u00e9',
  '\u202eright to left\u202c \u200b \ufeff',
];

/** A state with a text in every field that holds one. */
export const everyField = (text: string): Partial<MemoryState> => ({
  externalId: `x ${text}`,
  agentId: text,
  serviceId: text,
  userId: text,
  conversationId: text,
  sessionId: text,
  role: text,
  domain: text,
  content: { [text]: text, list: [text, { deep: text }], number: 1.5, yes: true, nothing: null },
  summary: text,
  tags: [text, `${text}2`],
  metadata: { [text]: text, nested: { [text]: [text] } },
  entities: [{ type: 'topic', value: text, normalized: text, confidence: 0.75, source: text }],
  importance: 0.7,
  validFrom: '0001-01-01T00:00:00.000Z',
  validTo: '9999-12-31T23:59:59.999Z',
  expiresAt: '9999-12-31T23:59:59.999Z',
});
