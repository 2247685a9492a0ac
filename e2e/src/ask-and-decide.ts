import type { Page } from 'playwright-core';

export type NewProduct = { name: string; domain: string; sources: readonly string[]; steward: string };

/** Fills in what a data product needs. Publishing it is the next click. */
export async function draftProduct(page: Page, product: NewProduct): Promise<void> {
  await page.getByRole('checkbox', { name: product.domain, exact: true }).check();
  for (const source of product.sources) {
    await page.getByRole('searchbox', { name: 'Search', exact: true }).fill(source);
    await page.getByRole('checkbox', { name: source }).check();
  }
  await page.getByRole('searchbox', { name: 'Search', exact: true }).fill('');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(product.name);
  await page
    .getByRole('textbox', { name: 'Description' })
    .fill('Where our stores are, and what was sold at which price.');
  await page.getByRole('combobox', { name: 'Add a steward' }).fill(product.steward);
  await page.getByRole('option', { name: product.steward }).click();
}

export async function publishDraft(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.waitForURL((now) => now.pathname.startsWith('/products/'));
}

/** Searches, opens what is found, and stands on its page. */
export async function findProduct(page: Page, name: string, words: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search names, descriptions and columns' }).fill(words);
  await page.waitForURL((now) => now.searchParams.get('q') === words);
  await page.getByRole('table').getByRole('link', { name, exact: true }).click();
  await page.waitForURL((now) => now.pathname.startsWith('/products/'));
}

/** Asks for the product whose page is open; the request's page is open afterwards. */
export async function askForProduct(page: Page, purpose: string): Promise<string> {
  await page.getByRole('link', { name: /^Request/ }).click();
  await page.getByRole('textbox', { name: /what will you use this data for/ }).fill(purpose);
  await page.getByRole('button', { name: 'Submit the request' }).click();
  await page.waitForURL((now) => now.pathname.startsWith('/requests/'));
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** Chooses a time and writes why; the button that decides is left to the caller. */
export async function draftApproval(page: Page, reason: string): Promise<void> {
  await page.getByText('Approve for a time', { exact: true }).click();
  await page.getByText('30 days', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill(reason);
}

export async function waitForVerified(page: Page): Promise<void> {
  await page.locator('main [data-node="verified"][data-state="done"]').first().waitFor();
}

/** Takes back what was approved, from the page on which it was decided. */
export async function revokeHere(page: Page, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Revoke access' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: 'Revoke access' }).click();
  await dialog.waitFor({ state: 'hidden' });
}
