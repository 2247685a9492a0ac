export type SearchValues = { [name: string]: string | string[] | undefined };

/** `?a=1&a=2&b=x` -> `{a: ['1', '2'], b: 'x'}`: plain text, as the published links write it; nothing is read as JSON. */
export function parseSearch(text: string): SearchValues {
  const params = new URLSearchParams(text);
  const values: SearchValues = {};
  for (const name of new Set(params.keys())) {
    const all = params.getAll(name);
    values[name] = all.length === 1 ? all[0] : all;
  }
  return values;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') params.append(name, String(one));
    }
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** The filters, the sort and the page of a list: any names, text values. */
export const listSearch = (search: Record<string, unknown>): SearchValues => {
  const entries = Object.entries(search).map(([name, value]): [string, string | string[] | undefined] => {
    if (Array.isArray(value)) return [name, value.map(String)];
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return [name, isPlain ? String(value) : undefined];
  });
  return Object.fromEntries(entries);
};

/** A search with one member of known values, such as `tab`, and whatever filters stand beside it. */
export const tabSearch =
  <T extends string>(tabs: readonly T[]) =>
  (search: Record<string, unknown>): SearchValues & { tab?: T } => {
    const tab = tabs.find((one) => one === search.tab);
    const { tab: _, ...rest } = listSearch(search);
    return tab === undefined ? rest : { ...rest, tab };
  };

export type ReturnSearch = {
  returnTo?: string | undefined;
  /** Whoever is signed in wants to sign in once more. */
  again?: true | undefined;
  /** A sign-in by a provider came to nothing: why, and the provider's own word for it. */
  failure?: string | undefined;
  providerCode?: string | undefined;
};

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Where to go after signing in: a path of this site. Anything else is dropped, or the link of a stranger would decide. */
export function sameOriginPath(value: unknown, origin: string): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('/')) return undefined;
  if (!URL.canParse(value, origin)) return undefined;
  const url = new URL(value, origin);
  // `/.//evil.example` is of this origin, and its path would be another one's address.
  if (url.origin !== origin || url.pathname.startsWith('//')) return undefined;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Pages on which nobody is signed in yet are no way back. */
const isEntrance = (path: string): boolean => /^\/(?:login|welcome|confirm-login)\b/.test(path);

/** A member that is left out would stay as it stands in the address: what is dropped must be named. */
export const returnSearch = (search: Record<string, unknown>): ReturnSearch => {
  const returnTo = sameOriginPath(search.returnTo, window.location.origin);
  return {
    returnTo: returnTo === undefined || isEntrance(returnTo) ? undefined : returnTo,
    again: String(search.again) === 'true' ? true : undefined,
    failure: textOf(search.failure),
    providerCode: textOf(search.providerCode),
  };
};
