import { hasCode } from '../../kernel/app-error.ts';
import { contentHash } from '../../kernel/hash.ts';
import type { JsonValue } from '../../kernel/json.ts';
import type { Logger } from '../../kernel/logger.ts';
import { mergeEntities } from '../entities.ts';
import { authorOf, type Entity, type MemoryState } from '../model.ts';
import type { Embedder, EntityExtractor, MemoryWrite } from '../ports.ts';
import type { RedactionCounts } from '../redaction/redactor.ts';
import { bareText, lexicalText, wordCount } from './texts.ts';

export interface DeriveDeps {
  embedder: Embedder;
  entityExtractor: EntityExtractor;
  logger: Logger;
}

/** A state to write, before what is derived from its text. */
export interface Draft extends Pick<MemoryWrite, 'kind' | 'expectedVersion' | 'reason' | 'callerEmbedding'> {
  state: MemoryState;
  /** Look for entities in the text; those that the state has already are kept and win. */
  extractEntities: boolean;
  /** The text is new: embed it. A provider may bill for every call. */
  embed: boolean;
  /** What redaction took out of its fields. */
  redacted?: RedactionCounts;
}

export interface DerivedWrites {
  writes: MemoryWrite[];
  warnings: { code: string; detail: string }[];
}

const hashOfState = ({ relationships: _, ...state }: MemoryState): string =>
  contentHash(state as unknown as JsonValue);

const hashOfEdges = (state: MemoryState): string =>
  contentHash(
    state.relationships
      .map(({ target, type, weight }) => [type, target, weight])
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );

/**
 * Adds to each draft what the service derives from its text: entities, vector, lexical text, hashes. A provider
 * that is away never stops a write: its vector stays pending, its entities are left out, and a warning says so.
 */
export async function deriveWrites(drafts: Draft[], deps: DeriveDeps): Promise<DerivedWrites> {
  const warnings: DerivedWrites['warnings'] = [];
  const texts = drafts.map((draft) => bareText(draft.state.content));

  const chosen = (choose: (draft: Draft) => boolean) =>
    drafts.flatMap((draft, index) => (choose(draft) ? [index] : []));
  const textsAt = (indexes: number[]) => indexes.map((index) => texts[index] ?? '');

  type Embeddings = Map<number, MemoryWrite['embedding']>;
  const embeddings = async (): Promise<Embeddings> => {
    const indexes = chosen((draft) => draft.embed);
    if (indexes.length === 0) return new Map();
    const { space } = deps.embedder;
    try {
      const vectors = await deps.embedder.embed(textsAt(indexes));
      return new Map(
        indexes.map((index, at) => [index, { space, values: vectors[at] ?? null, pending: false }]),
      );
    } catch (error) {
      if (!hasCode(error, 'embedding_unavailable')) throw error;
      deps.logger.warn('embedding is pending', { memories: indexes.length });
      warnings.push({
        code: 'embedding_pending',
        detail: 'The embedding provider is away; the vector follows later.',
      });
      return new Map(indexes.map((index) => [index, { space, values: null, pending: true }]));
    }
  };

  const extracted = async (): Promise<Map<number, Entity[]>> => {
    const indexes = chosen((draft) => draft.extractEntities);
    if (indexes.length === 0) return new Map();
    try {
      const found = await deps.entityExtractor.extract(textsAt(indexes));
      return new Map(indexes.map((index, at) => [index, found[at] ?? []]));
    } catch (error) {
      if (!hasCode(error, 'extraction_unavailable')) throw error;
      deps.logger.warn('entities were not extracted', { memories: indexes.length });
      warnings.push({
        code: 'extraction_unavailable',
        detail: 'The entity extractor is away; only the given entities were stored.',
      });
      return new Map();
    }
  };

  const [vectors, entities] = await Promise.all([embeddings(), extracted()]);
  const writes = drafts.map(
    ({ extractEntities: _extract, embed: _embed, redacted: _redacted, ...draft }, index): MemoryWrite => {
      const state = {
        ...draft.state,
        entities: mergeEntities(draft.state.entities, entities.get(index) ?? []),
      };
      const author = authorOf(state);
      const embedding = vectors.get(index);
      return {
        ...draft,
        state,
        lexicalText: lexicalText(state),
        words: wordCount(texts[index] ?? ''),
        ...(author !== undefined && { author }),
        contentHash: hashOfState(state),
        edgesHash: hashOfEdges(state),
        ...(embedding && { embedding }),
      };
    },
  );
  return { writes, warnings };
}
