import { scimUrns } from '@stoa/contract/scim-path';
import type { Found, Page } from './find-kept.ts';
import { type Comparison, readFilter } from './read-filter.ts';
import { valueRefused } from './read-values.ts';

const mostAtOnce = 200;
const usually = 100;
const lastIndex = 1_000_000_000;

export type Search = Page & { readonly filter: readonly Comparison[] };
type Query = Readonly<Record<string, unknown>>;

/** What a directory looks for. A `count` beyond the limit comes to the limit, as RFC 7644 has it. */
export function readSearch(query: unknown): Search {
  const filter = textIn(query, 'filter');
  return {
    filter: filter === undefined ? [] : readFilter(filter),
    startIndex: Math.min(lastIndex, Math.max(1, numberIn(query, 'startIndex') ?? 1)),
    count: Math.min(mostAtOnce, Math.max(0, numberIn(query, 'count') ?? usually)),
  };
}

function textIn(query: unknown, member: string): string | undefined {
  const value = (query as Query)[member];
  if (value === undefined || typeof value === 'string') return value;
  throw valueRefused(member, 'stands twice');
}

function numberIn(query: unknown, member: string): number | undefined {
  const text = textIn(query, member);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw valueRefused(member, 'is no number');
  return Number(text);
}

type Shown = { readonly only: ReadonlySet<string> | undefined; readonly without: ReadonlySet<string> };
const always = new Set(['id', 'schemas', 'meta']);

/** Which attributes are asked for: all, some, or all but some. Of a path the first name counts. */
export function readShown(query: unknown): Shown {
  const namesIn = (member: string): Set<string> | undefined => {
    const text = textIn(query, member);
    if (text === undefined || text.trim() === '') return undefined;
    return new Set(
      text
        .slice(0, 2_000)
        .split(',')
        .map((name) => baseOf(name.trim().toLowerCase())),
    );
  };
  return { only: namesIn('attributes'), without: namesIn('excludedAttributes') ?? new Set() };
}

function baseOf(name: string): string {
  const urns = [scimUrns.enterprise, scimUrns.attributes].map((urn) => urn.toLowerCase());
  const extension = urns.find((urn) => name === urn || name.startsWith(`${urn}:`));
  return extension ?? name.replace(/^urn:.*:/, '').split('.')[0] ?? name;
}

export const isShown = ({ only, without }: Shown, name: string): boolean => {
  const lower = name.toLowerCase();
  return always.has(lower) || ((only === undefined || only.has(lower)) && !without.has(lower));
};

export const shownOf = (shown: Shown, resource: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => isShown(shown, name)));

/** A page of resources as RFC 7644 writes it. */
export const listOf = <Row>(
  found: Found<Row>,
  { startIndex }: Pick<Page, 'startIndex'>,
  present: (row: Row) => Record<string, unknown>,
): Record<string, unknown> => ({
  schemas: [scimUrns.list],
  totalResults: found.total,
  startIndex,
  itemsPerPage: found.rows.length,
  Resources: found.rows.map(present),
});
