import type { Page } from 'playwright-core';

/** Has a whole connection looked at for sensitive data, and waits until that is done. */
export async function identifyConnection(page: Page, connectionKey: string): Promise<void> {
  await page.getByRole('button', { name: 'Identify sensitive data' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Where').selectOption({ label: 'A connection' });
  await dialog.getByRole('combobox', { name: 'Connection' }).fill(connectionKey);
  await page.getByRole('option', { name: connectionKey, exact: true }).click();
  await dialog.getByRole('button', { name: 'Identify sensitive data' }).click();
  await page.waitForURL((now) => /^\/govern\/identification\/[^/]+$/.test(now.pathname));
  await page.getByText('Done', { exact: true }).first().waitFor({ timeout: 120_000 });
}

export type NewMask = { name: string; tag: string; exceptGroup: string };

/** Writes a data policy in sentences and puts it in force; its effect stands beside it before. */
export async function maskTagged(page: Page, mask: NewMask): Promise<void> {
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(mask.name);
  await page.getByRole('combobox', { name: 'Tag, with all below it' }).fill(mask.tag);
  await page.getByRole('option', { name: mask.tag, exact: true }).click();
  await page.getByRole('combobox', { name: 'Group' }).fill(mask.exceptGroup);
  await page.getByRole('option', { name: mask.exceptGroup, exact: true }).click();
  await page.getByRole('button', { name: 'Save and put in force' }).click();
  await page.waitForURL((now) => /^\/govern\/policies\/(?!new)[^/]+$/.test(now.pathname), { timeout: 60_000 });
}

/** Asks to see one masked column of a product in clear; answers the id of the request. */
export async function askForColumn(page: Page, column: string, purpose: string): Promise<string> {
  await page.getByRole('link', { name: 'Request a masking exception' }).first().click();
  await page.getByRole('searchbox', { name: 'Search columns' }).fill(column);
  await page
    .getByRole('checkbox', { name: new RegExp(`^${column}`) })
    .first()
    .check();
  await page.getByRole('textbox', { name: /what will you use this data for/ }).fill(purpose);
  await page.getByRole('button', { name: 'Submit the request' }).click();
  await page.waitForURL((now) => now.pathname.startsWith('/requests/'));
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}
