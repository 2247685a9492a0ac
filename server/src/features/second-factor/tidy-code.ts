/** A code as it is compared: typed with spaces, dashes, small letters or wide digits it is the same. */
export const tidyCode = (code: string): string => code.normalize('NFKC').replaceAll(/[\s-]/gu, '').toUpperCase();
