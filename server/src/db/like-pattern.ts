/** Text as a pattern of `ilike` that finds it anywhere: `%` and `_` stand for themselves, and letters are composed as names are stored. */
export const likePattern = (text: string): string =>
  `%${text.normalize('NFC').replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
