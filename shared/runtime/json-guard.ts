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

// code units, because a megabyte of one-character strings is slow to compare
const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const [smallE, largeE] = [0x65, 0x45];
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
/** A minus in front is left out: it changes nothing about the size. */
const numberSigns = new Set([0x2b, 0x2d, 0x2e, smallE, largeE]);

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
  let frame: Frame;
  let position = 0;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === quote) {
      const end = endOfString(text, position);
      checkString(text.slice(position, end), frame);
      position = end;
      continue;
    }
    if (isDigit(code)) {
      position = endOfNumber(text, position);
      continue;
    }
    position += 1;
    if (code === comma) {
      if (frame) frame.awaitsKey = true;
    } else if (code === colon) {
      if (frame) frame.awaitsKey = false;
    } else if (code === openBrace || code === openBracket) {
      frame = code === openBrace ? { keys: new Set(), awaitsKey: true } : undefined;
      push(open, frame);
    } else if (code === closeBrace || code === closeBracket) {
      open.pop();
      frame = open.at(-1);
    }
  }
}

function push(open: Frame[], frame: Frame): void {
  if (open.length >= maximumDepth) throw refused(`is nested deeper than ${maximumDepth} levels`);
  open.push(frame);
}

/** The position after the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  let position = start + 1;
  for (let code = text.charCodeAt(position); position < text.length && code !== quote; ) {
    position += code === backslash ? 2 : 1;
    code = text.charCodeAt(position);
  }
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

/** The position after a number. A double holds 308 digits, so only a longer number or an exponent can overflow. */
function endOfNumber(text: string, start: number): number {
  let position = start;
  let exponent = false;
  for (let code = text.charCodeAt(position); isDigit(code) || numberSigns.has(code); ) {
    exponent ||= code === smallE || code === largeE;
    position += 1;
    code = text.charCodeAt(position);
  }
  if (
    (exponent || position - start > 308) &&
    Number(text.slice(start, position)) === Number.POSITIVE_INFINITY
  ) {
    throw malformed('contains a number that is out of range');
  }
  return position;
}

const refused = (what: string) => new AppError('validation_failed', `The JSON ${what}.`);
const malformed = (what: string) => new AppError('malformed_json', `The JSON ${what}.`);
