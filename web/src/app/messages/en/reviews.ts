/** The texts of the screens of reviews: keys begin with `reviews.`. ICU message syntax. */
export const reviews = {} as const satisfies Record<string, string>;
