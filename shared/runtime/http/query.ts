import { AppError } from '../../kernel/app-error.ts';
import { decodeUrlPart } from './text.ts';

/**
 * The query string as one value per name. Payload 2.0 also offers parsed parameters, in which a repeated one is
 * joined by commas and can no longer be told from one value with a comma; so the raw string is read, and a
 * repeated parameter is refused. Lists are written with commas in one parameter.
 * @throws AppError `validation_failed`
 */
export function readQuery(rawQueryString: string | undefined): Record<string, string> {
  const values = new Map<string, string>();
  for (const part of (rawQueryString ?? '').split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    if (values.has(name)) {
      throw new AppError('validation_failed', 'Give each query parameter once; separate values by commas.');
    }
    values.set(name, equals < 0 ? '' : decode(part.slice(equals + 1)));
  }
  return Object.fromEntries(values);
}

const decode = (text: string) => decodeUrlPart(text.replaceAll('+', ' '), 'query string');
