/** The texts of the screens of objects: keys begin with `objects.`. ICU message syntax. */
export const objects = {} as const satisfies Record<string, string>;
