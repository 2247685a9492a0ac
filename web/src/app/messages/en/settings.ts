/** Keys begin with `settings.`. ICU message syntax. */
export const settings = {} as const satisfies Record<string, string>;
