const longestWord = 100;

/** Pieces to rows. The continuations are kept without their `##`, so that a lookup is one slice of the word. */
export interface Vocabulary {
  readonly starts: ReadonlyMap<string, number>;
  readonly continuations: ReadonlyMap<string, number>;
  /** Length of the longest piece: nothing longer needs to be tried. */
  readonly longest: number;
}

/** @param lines one piece a line; the line's number is its row. */
export function readVocabulary(lines: string): Vocabulary {
  const starts = new Map<string, number>();
  const continuations = new Map<string, number>();
  let longest = 0;
  let row = 0;
  for (const piece of lines.split('\n')) {
    if (piece === '') continue;
    const continues = piece.startsWith('##') && piece.length > 2;
    const text = continues ? piece.slice(2) : piece;
    (continues ? continuations : starts).set(text, row++);
    longest = Math.max(longest, text.length);
  }
  return { starts, continuations, longest };
}

/**
 * Writes the rows of a word's pieces into `rows` and answers how many there are: the longest known piece first,
 * then on behind it. 0 when the word cannot be cut completely: then it counts for nothing.
 */
export function piecesOf(word: string, vocabulary: Vocabulary, rows: Int32Array): number {
  if (word.length > longestWord) return 0;
  let count = 0;
  for (let start = 0; start < word.length; ) {
    const pieces = start === 0 ? vocabulary.starts : vocabulary.continuations;
    let end = Math.min(word.length, start + vocabulary.longest);
    let row: number | undefined;
    for (; end > start; end--) {
      row = pieces.get(word.slice(start, end));
      if (row !== undefined) break;
    }
    if (row === undefined) return 0;
    rows[count++] = row;
    start = end;
  }
  return count;
}

/** Room for the pieces of any word. */
export const pieceBuffer = () => new Int32Array(longestWord);
