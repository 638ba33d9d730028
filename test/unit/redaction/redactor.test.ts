import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../shared/kernel/app-error.ts';
import { redactionConfig, redactorFromConfig } from '../../../shared/memory/redaction/config.ts';
import { defaultRedactionPolicy, type RedactionPolicy } from '../../../shared/memory/redaction/kinds.ts';
import { redactor } from '../../../shared/memory/redaction/redactor.ts';
import { detokenise, tenantTokenKey } from '../../../shared/memory/redaction/tokens.ts';

const policy = (change: Partial<RedactionPolicy> = {}): RedactionPolicy => ({
  ...defaultRedactionPolicy,
  ...change,
});
const key = Buffer.alloc(32, 7);
const card = '4111 1111 1111 1111';

describe('redactText', () => {
  it('masks by default, leaves IP addresses, and counts', () => {
    const { value, counts } = redactor(policy()).redactText(
      `a@example.com, b@example.com from 203.0.113.9: ${card}!`,
    );
    expect(value).toBe('[email], [email] from 203.0.113.9: [card]!');
    expect(counts).toEqual({ email: 2, card: 1 });
  });

  it('leaves other text as it is', () => {
    const text = 'On 2024-05-08 we released 10.15.7 for 1,299.00 EUR.';
    expect(redactor(policy()).redactText(text)).toEqual({ value: text, counts: {} });
  });

  it('keeps what is allowed even where a weaker kind would take it', () => {
    expect(redactor(policy({ card: 'allow' })).redactText(`call ${card}`).value).toBe(`call ${card}`);
  });

  it('refuses a text with a blocked kind and names the kinds alone', () => {
    const strict = redactor(policy({ card: 'block', iban: 'block' }));
    let error: AppError | undefined;
    try {
      strict.redactText(`${card} and DE89 3704 0044 0532 0130 00 of jane@example.com`);
    } catch (thrown) {
      error = thrown as AppError;
    }
    expect(error).toMatchObject({
      code: 'personal_data_blocked',
      retryable: false,
      details: { kinds: ['card', 'iban'] },
    });
    expect(`${error?.message}${JSON.stringify(error?.details)}${error?.stack}`).not.toMatch(/4111|3704|jane/);
  });

  it('changes nothing when applied again', () => {
    for (const redact of [
      redactor(policy()),
      redactor(policy({ email: 'tokenise', phone: 'tokenise' }), { key }),
    ]) {
      const once = redact.redactText('jane@example.com, +1 415 555 2671, sk-proj-Ab12Cd34Ef56Gh78Ij90').value;
      expect(redact.redactText(once)).toEqual({ value: once, counts: {} });
    }
  });
});

describe('tokenise', () => {
  const tokenising = redactor(policy({ email: 'tokenise', card: 'tokenise' }), { key });

  it('gives equal values equal tokens, which the key turns back', () => {
    const text = `jane@example.com wrote to jane@example.com and joe@example.com about ${card}`;
    const { value } = tokenising.redactText(text);
    const tokens = value.match(/\[email:tok_[\w-]+\]/g)!;
    expect(tokens).toHaveLength(3);
    expect(tokens[0]).toBe(tokens[1]);
    expect(tokens[0]).not.toBe(tokens[2]);
    expect(value).not.toContain('jane');
    expect(detokenise(value, key)).toBe(text);
  });

  it('cannot be read with another key, nor under another kind, nor after a change', () => {
    const { value } = tokenising.redactText('jane@example.com');
    expect(detokenise(value, randomBytes(32))).toBe(value);
    expect(detokenise(value.replace('email', 'phone'), key)).toBe(value.replace('email', 'phone'));
    const changed = value.replace(/.\]$/, (end) => (end[0] === 'A' ? 'Q]' : 'A]'));
    expect(detokenise(changed, key)).toBe(changed);
  });

  it('keeps tenants apart', () => {
    const tokensOf = (tenant: string) =>
      redactor(policy({ email: 'tokenise' }), { key: tenantTokenKey(key, tenant) }).redactText(
        'jane@example.com',
      ).value;
    expect(tokensOf('1')).not.toBe(tokensOf('10'));
    expect(detokenise(tokensOf('1'), tenantTokenKey(key, '10'))).toBe(tokensOf('1'));
  });

  it('still finds personal data that hides in a token somebody made up', () => {
    const text = `[email:tok_${'A'.repeat(40)}] [email:tok_ jane@example.com]`;
    expect(tokenising.redactText(text).counts).toEqual({ email: 1 });
  });

  it('is not built without a key, or with a short one', () => {
    expect(() => redactor(policy({ email: 'tokenise' }))).toThrow(RangeError);
    expect(() => redactor(policy({ email: 'tokenise' }), { key: Buffer.alloc(16) })).toThrow(RangeError);
  });
});

describe('redactJson', () => {
  const redact = redactor(policy());

  it('reaches strings, keys, arrays and numbers, with the key as context', () => {
    const { value, counts } = redact.redactJson({
      'jane@example.com': { note: `pays by ${card}`, phone: 5551234567, count: 5551234567 },
      list: ['+1 415 555 2671', 4111111111111111, 1715170000000, true, null],
      phone: '5551234567',
    });
    expect(value).toEqual({
      '[email]': { note: 'pays by [card]', phone: '[phone]', count: 5551234567 },
      list: ['[phone]', '[card]', 1715170000000, true, null],
      phone: '[phone]',
    });
    expect(counts).toEqual({ email: 1, card: 2, phone: 3 });
  });

  it('loses no member when two keys are masked alike', () => {
    expect(redact.redactJson({ 'a@example.com': 1, 'b@example.com': 2, 'c@example.com': 3 }).value).toEqual({
      '[email]': 1,
      '[email] (2)': 2,
      '[email] (3)': 3,
    });
  });

  it('collects the blocked kinds of the whole value', () => {
    const strict = redactor(policy({ card: 'block', email: 'block' }));
    expect(() => strict.redactJson({ a: [card], b: { c: 'x@example.com' } })).toThrow(/card, email/);
  });

  it('keeps every value without personal data as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const { value: redacted, counts } = redact.redactJson(value as never);
        if (Object.keys(counts).length === 0) expect(JSON.stringify(redacted)).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('redactionConfig', () => {
  it('has the default policy without settings and takes single kinds', () => {
    expect(redactionConfig.parse({}).REDACTION_POLICY).toEqual(defaultRedactionPolicy);
    const chosen = redactionConfig.parse({ REDACTION_POLICY: '{"email":"allow","ip":"block"}' });
    expect(chosen.REDACTION_POLICY).toEqual(policy({ email: 'allow', ip: 'block' }));
  });

  it.each([
    { REDACTION_POLICY: '{' },
    { REDACTION_POLICY: '{"e-mail":"mask"}' },
    { REDACTION_POLICY: '{"email":"hide"}' },
    { REDACTION_POLICY: '[]' },
    { REDACTION_KEY: 'c2hvcnQ=' },
    { REDACTION_KEY: '***' },
  ])('refuses %j', (environment) => {
    expect(redactionConfig.safeParse(environment).success).toBe(false);
  });

  it('gives each tenant a redactor of its own', () => {
    const config = redactionConfig.parse({
      REDACTION_POLICY: '{"email":"tokenise"}',
      REDACTION_KEY: key.toString('base64'),
    });
    const forTenant = redactorFromConfig(config);
    const token = forTenant('a').redactText('jane@example.com').value;
    expect(forTenant('a').redactText('jane@example.com').value).toBe(token);
    expect(forTenant('b').redactText('jane@example.com').value).not.toBe(token);
    expect(detokenise(token, tenantTokenKey(key, 'a'))).toBe('jane@example.com');
  });

  it('does not start without the key that the policy needs', () => {
    const config = redactionConfig.parse({ REDACTION_POLICY: '{"email":"tokenise"}' });
    expect(() => redactorFromConfig(config)).toThrow('needs a key');
  });
});
