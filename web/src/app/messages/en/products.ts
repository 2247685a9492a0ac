/** The texts of the screens of products: keys begin with `products.`. ICU message syntax. */
export const products = {} as const satisfies Record<string, string>;
