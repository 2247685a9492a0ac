import type { Page } from 'playwright-core';
import { settle } from './inspect-screen.ts';

type Shot = (page: Page, name: string, height?: number) => Promise<void>;

const tags = [
  { path: 'PII.Email', description: 'Addresses that lead to a person.', sensitivity: 'High' },
  { path: 'PII.Name', description: 'Names of persons.', sensitivity: 'Moderate' },
  { path: 'Finance.Revenue', description: 'What comes in, by day or by customer.', sensitivity: 'Moderate' },
];

async function makeTag(page: Page, tag: (typeof tags)[number]): Promise<void> {
  await page.goto('/govern/tags');
  await settle(page);
  await page.getByRole('button', { name: 'Make a tag' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Path' }).fill(tag.path);
  await dialog.getByRole('textbox', { name: 'Description' }).fill(tag.description);
  await dialog.getByRole('combobox', { name: 'Sensitivity' }).selectOption(tag.sensitivity);
  await dialog.getByRole('button', { name: 'Make a tag' }).click();
  await page.waitForURL(/\/govern\/tags\/\d+$/);
}

async function tagColumn(page: Page, column: string, tag: string): Promise<void> {
  await page.getByRole('button', { name: `Add a tag to ${column}`, exact: true }).click();
  await page.getByRole('combobox', { name: `Add a tag to ${column}` }).fill(tag);
  await page.getByRole('option', { name: tag }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Put it on', exact: true }).click();
  await page.getByRole('link', { name: tag }).last().waitFor();
}

/** Tags as a tree, on columns, on many data sources at once with what that changes, and a domain made of one. */
export async function takeTagPictures(page: Page, shoot: Shot): Promise<void> {
  for (const tag of tags) await makeTag(page, tag);
  await page.goto('/govern/data-sources?searchText=customer');
  await settle(page);
  await page.getByRole('link', { name: 'warehouse.sales.customers', exact: true }).click();
  // A governor comes to the object; what tags its columns carry stands on the page of the asset.
  await page.waitForURL((now) => now.searchParams.has('row'));
  await page.goto(`/assets/${new URL(page.url()).searchParams.get('row') ?? ''}?tab=contents`);
  await settle(page);
  await tagColumn(page, 'email', 'PII.Email');
  await tagColumn(page, 'last_name', 'PII.Name');
  await shoot(page, 'tagged-columns', 760);
  await page.goto('/govern/data-sources?searchText=invoice');
  await settle(page);
  await page.getByRole('button', { name: /^Choose all/ }).click();
  await page.getByRole('button', { name: 'Change their tags' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Add' }).fill('revenue');
  await page.getByRole('option', { name: 'Finance.Revenue' }).click();
  await dialog.getByText(/Added in/).waitFor();
  await shoot(page, 'tag-many', 820);
  await dialog.getByRole('button', { name: /^Change \d/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.goto('/govern/tags');
  for (const root of ['Finance', 'PII']) await page.getByRole('button', { name: `Show what is below ${root}` }).click();
  await settle(page);
  await shoot(page, 'tags', 620);
  await page.goto('/govern/domains');
  await settle(page);
  await page.getByRole('button', { name: 'Make a domain' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Revenue');
  await dialog.getByRole('radio', { name: 'Everything that carries a tag' }).click();
  await dialog.getByRole('combobox', { name: 'Tag' }).fill('revenue');
  await page.getByRole('option', { name: 'Finance.Revenue' }).click();
  await dialog.getByText(/data sources? joins?/).waitFor();
  await shoot(page, 'domain-by-tag', 860);
}
