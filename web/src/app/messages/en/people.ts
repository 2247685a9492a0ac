/** The texts of the screens of people: keys begin with `people.`. ICU message syntax. */
export const people = {} as const satisfies Record<string, string>;
