/** The parts of a product's page, in their order; the router and the page name them alike. */
export const productTabs = ['overview', 'data', 'columns', 'members', 'activity', 'use'] as const;
export type ProductTab = (typeof productTabs)[number];
