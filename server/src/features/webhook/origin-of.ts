/** Of a webhook's address, what others than its administrators may read: path and query often are what lets one in. */
export const originOf = (url: string): string => new URL(url).origin;
