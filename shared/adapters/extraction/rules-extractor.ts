import { AppError } from '../../kernel/app-error.ts';
import { loadOnce } from '../../kernel/load-once.ts';
import type { EntityExtractor } from '../../memory/ports.ts';
import { asEntities } from './as-entities.ts';
import { findNames } from './names.ts';
import { matchForms } from './patterns.ts';

/** Names take about 6 ms a thousand characters: bounds for one text and for all texts of a call. */
const charactersPerText = 8_000;
const charactersPerCall = 200_000;

/**
 * Entities by form (addresses, amounts, hashtags) and by a lexicon and grammar of English (people, organisations,
 * places, dates, other names). No model and no network. The beginning of a text is read: 8,000 characters of each,
 * and 200,000 of all texts of a call together.
 */
export function rulesExtractor(): EntityExtractor {
  // 120 KB gzipped and 0.2 s to load: a function that extracts nothing does not pay for it
  const compromise = loadOnce(async () => {
    try {
      return (await import('compromise/two')).default;
    } catch (cause) {
      throw new AppError('extraction_unavailable', 'The rules for names cannot be loaded.', { cause });
    }
  });
  return {
    name: 'rules',
    async extract(texts) {
      const analyse = await compromise();
      let budget = charactersPerCall;
      return texts.map((text) => {
        const read = text.slice(0, Math.min(charactersPerText, budget));
        budget -= read.length;
        const { mentions, rest } = matchForms(read);
        return asEntities([...mentions, ...findNames(rest, analyse)], 'rules');
      });
    },
  };
}
