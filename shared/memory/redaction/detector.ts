import type { PersonalDataKind } from './kinds.ts';

/** Text from `start` (inclusive) to `end` (exclusive), in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}

export interface Finding extends Span {
  kind: PersonalDataKind;
}

/** What a candidate stands in: the whole text, and the name of the field that holds it. */
export interface Surroundings {
  text: string;
  /** Key of the JSON member whose value the text is; empty elsewhere. */
  field: string;
}

/** Takes linear time: quantifiers are bounded, and a match cannot begin inside the run of another. */
export interface Detector {
  kind: PersonalDataKind;
  find(where: Surroundings): Span[];
}

const reach = 40;

/** What stands before a candidate, the name of the field first; at most 40 characters of the text. */
export function before({ text, field }: Surroundings, start: number): string {
  const near = text.slice(Math.max(0, start - reach), start);
  return start <= reach ? `${words(field)}: ${near}` : near;
}

/** "homePhone" and "home_phone" as "home Phone" and "home phone". */
const words = (field: string) => field.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[_-]/g, ' ');

/** Candidates of a global pattern that pass a check; without one, all of them. */
export function byPattern(
  kind: PersonalDataKind,
  pattern: RegExp,
  accept: (candidate: string, span: Span, where: Surroundings) => boolean = () => true,
): Detector {
  return {
    kind,
    find(where) {
      const spans: Span[] = [];
      for (const match of where.text.matchAll(pattern)) {
        const span = { start: match.index, end: match.index + match[0].length };
        if (accept(match[0], span, where)) spans.push(span);
      }
      return spans;
    },
  };
}

export const digitsOf = (text: string): string => text.replace(/\D/g, '');
