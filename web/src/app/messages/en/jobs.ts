/** Keys begin with `jobs.`. ICU message syntax. */
export const jobs = {} as const satisfies Record<string, string>;
