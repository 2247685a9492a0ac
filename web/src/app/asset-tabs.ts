/** The parts of an asset's page, in their order; the router and the page name them alike. */
export const assetTabs = ['overview', 'contents', 'people', 'use', 'activity', 'settings'] as const;
export type AssetTab = (typeof assetTabs)[number];
