/**
 * What makes two names the same: compatibility form (NFKC), one space between words, and one case. "Straße", "STRASSE" and
 * "ｓｔｒａｓｓｅ" are one name. The upper case comes first because it alone spells out letters such as ß and ŉ.
 */
export const foldName = (name: string): string =>
  name
    .normalize('NFKC')
    .trim()
    .replaceAll(/\s+/gu, ' ')
    .toUpperCase()
    .toLowerCase()
    // The last sigma of a word has a small letter of its own.
    .replaceAll('ς', 'σ')
    .normalize('NFKC');
