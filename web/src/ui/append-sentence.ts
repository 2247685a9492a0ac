/** Adds a sentence to what somebody wrote; nothing that stands there is taken away. */
export const appendSentence = (text: string, sentence: string): string =>
  text.trim() === '' ? sentence : `${text.trimEnd()} ${sentence}`;
