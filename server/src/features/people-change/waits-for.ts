/** Whoever is to confirm a change of people has a week. */
export const waitsFor = '7 days';
