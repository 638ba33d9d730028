import type { EntityType } from '../../contracts/memory/model.ts';
import { findPersonalData } from '../../memory/redaction/detect.ts';

export interface Mention {
  type: EntityType;
  value: string;
  /** 0 to 1. */
  confidence: number;
}

const url = /\bhttps?:\/\/[^\s<>"'`]{1,2000}/gi;
const trailingMarks = /[.,;:!?)\]}]+$/;
const hashtag = /(?<![\p{L}\p{N}_&/#])#\p{L}[\p{L}\p{N}_]{1,63}/gu;
const amount = String.raw`\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,2})?|\d{1,15}(?:\.\d{1,2})?`;
const magnitude = String.raw`(?: ?(?:thousand|million|billion|trillion|k|m|bn)\b)?`;
const currency = 'dollars?|euros?|pounds?|yen|francs?|rupees?|USD|EUR|GBP|JPY|CHF|INR';
const money = new RegExp(
  String.raw`(?<![\w.,])(?:\p{Sc} ?(?:${amount})${magnitude}|(?:${amount})${magnitude} ?(?:\p{Sc}|(?:${currency})\b))`,
  'giu',
);
/** What redaction leaves in place of personal data. */
const placeholder = /\[[a-z_]{1,16}(?::tok_[\w-]{1,90000})?\]/g;

/**
 * Mentions whose form alone tells their type, and the text without them: addresses and amounts would only lead
 * the search for names astray.
 */
export function matchForms(text: string): { mentions: Mention[]; rest: string } {
  const mentions: Mention[] = [];
  const take = (type: EntityType, pattern: RegExp) => (from: string) =>
    from.replace(pattern, (found) => {
      const value = type === 'url' ? found.replace(trailingMarks, '') : found;
      mentions.push({ type, value, confidence: 0.95 });
      return ', ';
    });
  const withoutUrls = take('url', url)(text.replace(placeholder, ', '));
  const withoutContacts = takeContacts(withoutUrls, mentions);
  const rest = take('money', money)(take('hashtag', hashtag)(withoutContacts));
  return { mentions, rest };
}

function takeContacts(text: string, mentions: Mention[]): string {
  let rest = '';
  let done = 0;
  for (const { kind, start, end } of findPersonalData(text)) {
    if (kind === 'email' || kind === 'phone') {
      mentions.push({ type: kind, value: text.slice(start, end), confidence: 0.95 });
    }
    rest += `${text.slice(done, start)}, `;
    done = end;
  }
  return rest + text.slice(done);
}
