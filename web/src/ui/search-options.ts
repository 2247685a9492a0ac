export type SearchOption = {
  readonly value: string;
  readonly label: string;
  /** Options of one group stand together under its name. */
  readonly group?: string;
};

const wordsOf = (text: string): string[] => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);

/** The options whose label has every word of the text; all of them where nothing was typed. */
export function matchingOptions<O extends SearchOption>(options: readonly O[], text: string | undefined): readonly O[] {
  const words = wordsOf(text ?? '');
  if (words.length === 0) return options;
  return options.filter(({ label }) => {
    const own = label.toLocaleLowerCase();
    return words.every((word) => own.includes(word));
  });
}

export type Placed<O> = { readonly option: O; readonly at: number };

/** The options under the names of their groups, each with its place in the whole list. Neighbours share a heading. */
export function groupedOptions<O extends SearchOption>(
  options: readonly O[],
): readonly { readonly group: string | undefined; readonly options: readonly Placed<O>[] }[] {
  const groups: { group: string | undefined; options: Placed<O>[] }[] = [];
  options.forEach((option, at) => {
    const last = groups.at(-1);
    if (last !== undefined && last.group === option.group) last.options.push({ option, at });
    else groups.push({ group: option.group, options: [{ option, at }] });
  });
  return groups;
}

/** One step up or down a list of so many, around its ends. */
export const stepTo = (from: number, by: 1 | -1, count: number): number =>
  count === 0 ? 0 : (from + by + count) % count;
