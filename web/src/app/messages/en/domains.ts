/** The texts of the screens of domains: keys begin with `domains.`. ICU message syntax. */
export const domains = {} as const satisfies Record<string, string>;
