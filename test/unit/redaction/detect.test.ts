import { describe, expect, it } from 'vitest';
import { findPersonalData } from '../../../shared/memory/redaction/detect.ts';
import { redactionCorpus } from '../../support/redaction-corpus.ts';

const found = (text: string, field?: string) =>
  findPersonalData(text, field).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

/** The one form of a number and the one secret that nothing in the text gives away; docs/redaction.md names them. */
const knownMisses = ['98765 43210', 'hunter2-but-longer'];

describe('findPersonalData', () => {
  it.each(redactionCorpus)('labels "$text" as a person would', ({ text, expected }) => {
    const wanted = expected
      .filter(({ value }) => !knownMisses.includes(value))
      .map(({ kind, value, start }) => ({ kind, start, end: start + value.length }));
    expect(findPersonalData(text)).toEqual(wanted);
  });

  it('has a corpus of at least 150 texts, half of them negative', () => {
    expect(redactionCorpus.length).toBeGreaterThanOrEqual(150);
    expect(redactionCorpus.filter(({ expected }) => expected.length === 0).length).toBeGreaterThan(75);
  });

  it('takes the name of the field for the words before', () => {
    expect(found('5551234567')).toEqual([]);
    for (const field of ['phone', 'homePhone', 'contact_phone', 'Phone-Number', 'fax']) {
      expect(found('5551234567', field)).toEqual([['phone', '5551234567']]);
    }
    expect(found('123456789', 'ssn')).toEqual([['ssn', '123456789']]);
    expect(found('111222333', 'bsn')).toEqual([['national_id', '111222333']]);
    expect(found('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'awsSecretAccessKey')).toHaveLength(1);
  });

  it('lets the stronger kind have what two claim', () => {
    expect(found('call 4111 1111 1111 1111')).toEqual([['card', '4111 1111 1111 1111']]);
    expect(found('AccountKey AKIAIOSFODNN7EXAMPLE@example.com')).toEqual([
      ['aws_key', 'AKIAIOSFODNN7EXAMPLE'],
    ]);
  });

  it('leaves a UUID alone, of which one in several thousand passes for an account', () => {
    for (const id of ['01a21e1b-0067-76ae-ba48-4dce17697b8e', 'ee439018-e411-4484-87a4-672a278d8422']) {
      expect(found(`Ada wrote number ${id} down`)).toEqual([]);
    }
    expect(found('01a21e1b-0067-76ae-ba48-4dce17697b8e DE89 3704 0044 0532 0130 00')).toEqual([
      ['iban', 'DE89 3704 0044 0532 0130 00'],
    ]);
  });

  it('answers in order, without overlaps, however many there are', () => {
    const text = 'a@example.com +14155552671 '.repeat(1_000);
    const findings = findPersonalData(text);
    expect(findings).toHaveLength(2_000);
    for (const [i, finding] of findings.entries()) {
      expect(finding.start).toBeGreaterThanOrEqual(findings[i - 1]?.end ?? 0);
      expect(finding.end).toBeGreaterThan(finding.start);
    }
  });

  it('finds every private key of a text, and the rest of one that is cut off', () => {
    const key = '-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----';
    expect(found(`x ${key} y ${key} z -----BEGIN PRIVATE KEY-----\nhalf`)).toEqual([
      ['private_key', key],
      ['private_key', key],
      ['private_key', '-----BEGIN PRIVATE KEY-----\nhalf'],
    ]);
  });
});

describe('findPersonalData on 64 KB of input made to be slow', () => {
  const pieces = [
    ...[
      'a',
      '1',
      '1 ',
      '1-',
      '1.',
      '+1',
      '+1 ',
      '0',
      '01 ',
      '00',
      'a@',
      'a.',
      'a@a.',
      'eyJ',
      'eyJ.',
      'eyJaaaaaaaa.',
    ],
    ...[
      'sk-a1A',
      '-----BEGIN PRIVATE KEY-----',
      'a:',
      '1:',
      '::',
      'f',
      'f:',
      'DE89 ',
      '4111 ',
      '4111-',
      '(212) ',
    ],
    ...[
      'phone 1',
      "a'",
      'a+',
      'AKIA',
      '1.1.1.',
      '+1(1',
      '0(0)',
      '12345678Z ',
      '[email:tok_',
      'é',
      '%',
      'SG.',
      '=',
      '\n',
    ],
  ];
  // a pattern that backtracks would take minutes to hours here; the suite's own time limit is the assertion
  it.each(pieces)('%j', (piece) => {
    const text = piece.repeat(Math.ceil(65_536 / piece.length)).slice(0, 65_536);
    for (const tail of ['', '!', 'x']) expect(findPersonalData(text + tail).length).toBeLessThan(65_536);
  });
});
