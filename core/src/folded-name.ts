/**
 * What makes two names the same: compatibility form (NFKC), one space between words, and one case. "Straße", "STRASSE" and
 * "ｓｔｒａｓｓｅ" are one name. The upper case alone spells out letters such as ß and ŉ, and only a small ß: hence three steps.
 */
export const foldName = (name: string): string =>
  name
    .normalize('NFKC')
    .trim()
    .replaceAll(/\s+/gu, ' ')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    // The last sigma of a word has a small letter of its own.
    .replaceAll('ς', 'σ')
    .normalize('NFKC');
