/** The members of a value of unknown shape; none where it is no object. Screens read with it what no schema guards. */
export const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

/** The word itself where the list knows it. */
export const wordOf = <W extends string>(words: readonly W[], value: unknown): W | undefined =>
  words.find((word) => word === value);

export const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
