export type FacetOption = { readonly value: string; readonly label: string; readonly count?: number };

export type Facet = {
  /** The name in the address and, where possible, on the wire. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly FacetOption[];
  readonly isSingle?: boolean;
  /** There are no other values than the options: one that a link mistypes filters nothing, and is left out. */
  readonly isClosed?: boolean;
  /** The same, where the options are not all of the values. */
  readonly knows?: (value: string) => boolean;
  /** What holds while nothing is chosen, where that is one of the values and not all of them. */
  readonly usual?: string;
  /** Options that are counted once they are looked at. */
  readonly onOpen?: () => void;
  /** Said where there is no option: that they are on their way, or that there are none. */
  readonly note?: string;
};

/** The words of a value; one that is not offered now, because nothing has it, keeps its own name. */
export const labelIn = (options: readonly FacetOption[], value: string): string =>
  options.find((one) => one.value === value)?.label ?? value;

export type FacetValues = Pick<Facet, 'isClosed' | 'knows' | 'options'>;

/** The values of the address that can be ones of this filter, and those that cannot. */
export function sortKnown({ isClosed, knows, options }: FacetValues, values: readonly string[]) {
  const isOption = (value: string) => options.some((option) => option.value === value);
  const isKnown = knows ?? (isClosed === true ? isOption : () => true);
  return { known: values.filter(isKnown), unknown: values.filter((value) => !isKnown(value)) };
}

/** What is offered, and what is chosen although it is not: a filter that holds can always be seen and taken away. */
export function withChosen(options: readonly FacetOption[], chosen: readonly string[]): readonly FacetOption[] {
  const missing = chosen.filter((value) => !options.some((one) => one.value === value));
  return [...options, ...missing.map((value) => ({ value, label: value, count: 0 }))];
}

export const labelOfUsual = ({ options, usual }: Facet): string | undefined =>
  usual === undefined ? undefined : labelIn(options, usual);
