/** Text as a pattern of `ilike` that finds it anywhere: `%` and `_` stand for themselves. */
export const likePattern = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
