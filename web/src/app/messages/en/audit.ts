/** The texts of the screens of audit: keys begin with `audit.`. ICU message syntax. */
export const audit = {} as const satisfies Record<string, string>;
