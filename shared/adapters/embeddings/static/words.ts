const dropped = /[^\P{C}\t\n\r]|\uFFFD/gu;
const blank = /[\t\n\r\p{Zs}]/gu;
const accents = /\p{Mn}/gu;
// ASCII symbols such as $ or + stand alone as well; others, such as €, are letters of their word. Then ideographs.
const standsAlone =
  /[!-/:-@[-`{-~\p{P}\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\u{20000}-\u{2A6DF}\u{2A700}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;

/** Words of a text as BERT's uncased tokeniser sees them: no accents, lower case, marks and ideographs alone. */
export function wordsOf(text: string): string[] {
  return text
    .replace(dropped, '')
    .replace(blank, ' ')
    .normalize('NFD')
    .replace(accents, '')
    .toLowerCase()
    .replace(standsAlone, ' $& ')
    .split(' ')
    .filter((word) => word !== '');
}
