/** The parts of "my access"; the router and the page name them alike. */
export const accessTabs = ['active', 'pending', 'expired'] as const;
export type AccessTab = (typeof accessTabs)[number];
