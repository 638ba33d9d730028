import { AppError } from '../../kernel/app-error.ts';

/**
 * Decodes one percent-encoded part of a URL.
 * @param where how to name the part to the caller
 * @throws AppError `validation_failed` for malformed or overlong encodings, NUL and lone surrogates
 */
export function decodeUrlPart(encoded: string, where: string): string {
  try {
    return checkText(decodeURIComponent(encoded), where);
  } catch (error) {
    if (error instanceof URIError) throw refused(where, 'is not valid percent-encoded UTF-8');
    throw error;
  }
}

export function checkText(text: string, where: string): string {
  if (text.includes('\0')) throw refused(where, 'contains a NUL character');
  if (!text.isWellFormed()) throw refused(where, 'contains half of a surrogate pair');
  return text;
}

const refused = (where: string, what: string) => new AppError('validation_failed', `The ${where} ${what}.`);
