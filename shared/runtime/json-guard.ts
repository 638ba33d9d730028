import { limits } from '../contracts/limits.ts';
import { AppError } from '../kernel/app-error.ts';

/**
 * Levels that a body may wrap around a memory's content: `{items: [{content: …}]}` is the deepest envelope. A
 * filter of five levels with a list of values needs 11 as well.
 */
const envelopeDepth = 3;
const maximumDepth = limits.jsonDepth + envelopeDepth;

/** Keys that reach a prototype when somebody later copies the object without care. */
const refusedKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** An open object carries its keys and whether a key comes next; an open array carries nothing. */
type Frame = { keys: Set<string>; awaitsKey: boolean } | undefined;

/**
 * Parses JSON that came from outside. Refused are, as `malformed_json`, what RFC 7493 (I-JSON) rules out because
 * readers disagree about it (duplicate keys, lone surrogates, numbers beyond a double), and, as
 * `validation_failed`, what no store takes (NUL, the key "") or what is out of bounds (depth, keys).
 *
 * The checks run over the text in one pass without recursion, before anything is built from it: 5,000 levels or
 * 10,000 keys cost no more than reading them. The pass does not know the grammar; JSON.parse judges that after it.
 * @throws AppError `malformed_json` or `validation_failed`
 */
export function parseJson(text: string): unknown {
  if (!text.isWellFormed()) throw malformed('contains half of a surrogate pair; send well-formed UTF-8');
  guard(text);
  try {
    return JSON.parse(text);
  } catch {
    // without a cause: the parser's message quotes the text
    throw malformed('is not valid JSON');
  }
}

function guard(text: string): void {
  const open: Frame[] = [];
  let position = 0;
  while (position < text.length) {
    const character = text[position] as string;
    const frame = open.at(-1);
    if (character === '"') {
      const end = endOfString(text, position);
      checkString(text.slice(position, end), frame);
      position = end;
      continue;
    }
    if (character === '-' || (character >= '0' && character <= '9')) {
      const end = endOfNumber(text, position);
      checkNumber(text.slice(position, end));
      position = end;
      continue;
    }
    if (character === '{') push(open, { keys: new Set(), awaitsKey: true });
    else if (character === '[') push(open, undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (frame && character === ':') frame.awaitsKey = false;
    else if (frame && character === ',') frame.awaitsKey = true;
    position += 1;
  }
}

function push(open: Frame[], frame: Frame): void {
  if (open.length >= maximumDepth) throw refused(`is nested deeper than ${maximumDepth} levels`);
  open.push(frame);
}

/** The position after the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length && text[position] !== '"') position += text[position] === '\\' ? 2 : 1;
  return Math.min(position + 1, text.length);
}

function checkString(token: string, frame: Frame): void {
  const value = token.includes('\\') ? decoded(token) : token.slice(1, -1);
  if (value.includes('\0')) throw refused('contains a NUL character, which no store can keep');
  if (!value.isWellFormed()) throw malformed('contains half of a surrogate pair');
  if (!frame?.awaitsKey) return;
  if (value === '') throw refused('contains an empty key');
  if (refusedKeys.has(value)) throw refused(`contains the key ${value}, which is reserved`);
  if (frame.keys.has(value)) throw malformed('names a key twice in one object');
  frame.keys.add(value);
  if (frame.keys.size > limits.jsonKeys) throw refused(`has an object of more than ${limits.jsonKeys} keys`);
}

function decoded(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    throw malformed('is not valid JSON');
  }
}

function endOfNumber(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length && '0123456789+-.eE'.includes(text[position] as string)) position += 1;
  return position;
}

const refused = (what: string) => new AppError('validation_failed', `The JSON ${what}.`);
const malformed = (what: string) => new AppError('malformed_json', `The JSON ${what}.`);

/** A double holds 308 digits, so only an exponent or a longer number can overflow. */
function checkNumber(token: string): void {
  if (token.length <= 308 && !/[eE]/.test(token)) return;
  if (Math.abs(Number(token)) === Number.POSITIVE_INFINITY) {
    throw malformed('contains a number that is out of range');
  }
}
