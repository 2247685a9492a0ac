/** The texts of the screens of connections: keys begin with `connections.`. ICU message syntax. */
export const connections = {} as const satisfies Record<string, string>;
