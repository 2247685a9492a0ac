/** The texts of the screens of requests: keys begin with `requests.`. ICU message syntax. */
export const requests = {} as const satisfies Record<string, string>;
