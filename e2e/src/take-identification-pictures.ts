import type { Page } from 'playwright-core';

type Shot = (page: Page, name: string, height?: number) => Promise<void>;

/** A governor identifies sensitive data in the sample's whole warehouse, and looks at what was found and why. */
export async function takeIdentificationPictures(governor: Page, shoot: Shot): Promise<void> {
  await governor.goto('/govern/identification');
  await governor.getByRole('button', { name: 'Identify sensitive data' }).first().click();
  await governor.getByLabel('Where', { exact: true }).selectOption('connection');
  await governor.getByRole('combobox', { name: 'Connection' }).click();
  await governor.getByRole('listbox').getByRole('option', { name: 'warehouse' }).click();
  await governor.getByRole('dialog').getByRole('button', { name: 'Identify sensitive data' }).click();
  await governor.getByRole('link', { name: 'See what was found' }).waitFor();
  await governor.getByText('Done', { exact: true }).waitFor({ timeout: 120_000 });
  await governor.getByRole('link', { name: 'See what was found' }).click();
  await shoot(governor, 'identified', 900);
}
