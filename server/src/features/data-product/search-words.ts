/** The words of a search: letters and digits alone, so that they can stand in a text search query as they are. */
export const wordsOf = (text: string): string[] =>
  [
    ...new Set(
      text
        .normalize('NFKC')
        .toLowerCase()
        .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [],
    ),
  ].slice(0, 8);

/** Every word, each as the beginning of one. */
export const queryOf = (words: readonly string[]): string => words.map((word) => `${word}:*`).join(' & ');

/** For each word any of the ones it may have meant; a word that nothing resembles makes the whole query miss. */
export const correctedQuery = (alternatives: readonly (readonly string[])[]): string | undefined =>
  alternatives.some((words) => words.length === 0)
    ? undefined
    : alternatives.map((words) => `(${words.map((word) => `${word}:*`).join(' | ')})`).join(' & ');

const allowedEdits = (word: string): number => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

/** Words of the dictionary that differ from this one by a slip or two of the keyboard; the closest first, at most ten. */
export function resembling(word: string, dictionary: readonly string[]): string[] {
  const most = allowedEdits(word);
  return dictionary
    .map((known) => ({ known, edits: edits(word, known, most) }))
    .filter((candidate) => candidate.edits <= most)
    .toSorted((a, b) => a.edits - b.edits || (a.known < b.known ? -1 : 1))
    .slice(0, 10)
    .map((candidate) => candidate.known);
}

/**
 * Insertions, deletions, replacements and swaps of neighbours (optimal string alignment) that lead from `word` to `known` or to
 * a beginning of it; more than `most` is told as `most + 1`.
 */
function edits(word: string, known: string, most: number): number {
  if (known.length < word.length - most) return most + 1;
  const target = known.slice(0, word.length + most);
  let before: number[] = [];
  let row = Array.from({ length: target.length + 1 }, (_, column) => column);
  for (let i = 1; i <= word.length; i++) {
    const next = [i];
    for (let j = 1; j <= target.length; j++) {
      const isSame = word[i - 1] === target[j - 1];
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && word[i - 1] === target[j - 2] && word[i - 2] === target[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  // A beginning of the known word is enough, as it is for words spelled right.
  return Math.min(...row.slice(Math.max(0, word.length - most)), most + 1);
}
