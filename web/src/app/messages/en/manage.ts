/** Keys begin with `manage.`. ICU message syntax. */
export const manage = {} as const satisfies Record<string, string>;
