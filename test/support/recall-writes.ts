import { newId } from '../../shared/kernel/ids.ts';
import { authorOf, type MemoryState } from '../../shared/memory/model.ts';
import type { MemoryWrite } from '../../shared/memory/ports.ts';
import { bareText, lexicalText, wordCount } from '../../shared/memory/write/texts.ts';

export const testSpace = 'static-test-2';

/** A memory to write; what is not given is plain. Its lexical text begins with "8 May 2023." by default. */
export function writeOf(
  fields: Partial<MemoryState> & Pick<MemoryState, 'content'>,
  vectors: { own?: number[] | null; caller?: number[] } = {},
): MemoryWrite {
  const state: MemoryState = {
    id: newId(),
    type: 'semantic',
    tags: [],
    importance: 0.5,
    metadata: {},
    entities: [],
    relationships: [],
    occurredAt: '2023-05-08T10:00:00.000Z',
    ...fields,
  };
  const author = authorOf(state);
  return {
    state,
    kind: 'stored',
    lexicalText: lexicalText(state),
    words: wordCount(bareText(state.content)),
    ...(author !== undefined && { author }),
    contentHash: 'c'.repeat(64),
    edgesHash: 'e'.repeat(64),
    embedding: { space: testSpace, values: vectors.own ?? null, pending: false },
    ...(vectors.caller && { callerEmbedding: vectors.caller }),
  };
}
