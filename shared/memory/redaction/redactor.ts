import { AppError } from '../../kernel/app-error.ts';
import type { JsonValue } from '../../kernel/json.ts';
import { findPersonalData } from './detect.ts';
import type { Finding } from './detector.ts';
import type { PersonalDataKind, RedactionPolicy } from './kinds.ts';
import { redactJsonWith } from './redact-json.ts';
import { type TokenCodec, tokenCodec, tokenPattern } from './tokens.ts';

/** How many findings of each kind were masked or tokenised; kinds without any are absent. */
export type RedactionCounts = Partial<Record<PersonalDataKind, number>>;

export interface Redacted<T> {
  value: T;
  counts: RedactionCounts;
}

/** @throws AppError `personal_data_blocked` with the kinds, never the values, when the policy blocks one of them. */
export interface Redactor {
  redactText(text: string): Redacted<string>;
  /** Strings, keys of objects, and numbers that are as a whole personal data (a card's number, a phone's). */
  redactJson(value: JsonValue): Redacted<JsonValue>;
}

/**
 * @param options.key for `tokenise`, at least 32 bytes; see `tenantTokenKey`.
 * @throws RangeError when the policy tokenises and there is no key, or it is too short.
 */
export function redactor(policy: RedactionPolicy, options: { key?: Uint8Array | undefined } = {}): Redactor {
  const codec = options.key === undefined ? undefined : tokenCodec(options.key);
  if (codec === undefined && Object.values(policy).includes('tokenise')) {
    throw new RangeError('a policy that tokenises needs a key');
  }

  /** One text; counts go into `counts`, kinds that are blocked into `blocked`. */
  function redact(text: string, field: string, run: Run): string {
    let result = '';
    let done = 0;
    for (const { kind, start, end } of findings(text, field, codec)) {
      const action = policy[kind];
      if (action === 'allow') continue;
      if (action === 'block') run.blocked.add(kind);
      run.counts[kind] = (run.counts[kind] ?? 0) + 1;
      const value = text.slice(start, end);
      result += text.slice(done, start);
      result += action === 'tokenise' && codec !== undefined ? codec.seal(kind, value) : `[${kind}]`;
      done = end;
    }
    return result + text.slice(done);
  }

  function finish<T>(act: (run: Run) => T): Redacted<T> {
    const run: Run = { counts: {}, blocked: new Set() };
    const value = act(run);
    if (run.blocked.size === 0) return { value, counts: run.counts };
    const kinds = [...run.blocked].sort();
    throw new AppError(
      'personal_data_blocked',
      `The content holds data that is not stored: ${kinds.join(', ')}.`,
      {
        details: { kinds },
      },
    );
  }

  return {
    redactText: (text) => finish((run) => redact(text, '', run)),
    redactJson: (value) => finish((run) => redactJsonWith(value, (text, field) => redact(text, field, run))),
  };
}

interface Run {
  counts: RedactionCounts;
  blocked: Set<PersonalDataKind>;
}

/** Findings outside of tokens that were made with this key: redacting twice changes nothing. */
function findings(text: string, field: string, codec: TokenCodec | undefined): Finding[] {
  const found = findPersonalData(text, field);
  if (found.length === 0 || codec === undefined) return found;
  const own = [...text.matchAll(tokenPattern)].flatMap((match) =>
    codec.open(match[1] ?? '', match[2] ?? '') === undefined
      ? []
      : [{ start: match.index, end: match.index + match[0].length }],
  );
  return found.filter(({ start, end }) => !own.some((token) => start < token.end && end > token.start));
}
