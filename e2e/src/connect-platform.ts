import type { LivePlatform } from '@stoa/server/testing/live-platform';
import type { Visitor } from './visitor.ts';
import { inspectScreen } from './inspect-screen.ts';

/** Walks the wizard to its end, looking at each step; the connection's page is open afterwards. */
export async function connectPlatform(admin: Visitor, key: string, platform: LivePlatform): Promise<void> {
  const { page } = admin;
  await page.getByRole('textbox', { name: 'Key' }).fill(key);
  await page.getByRole('textbox', { name: 'Host' }).fill(platform.host);
  await page.getByRole('textbox', { name: 'Port' }).fill(String(platform.port));
  await page.getByRole('textbox', { name: 'Database' }).fill(platform.database);
  await page.getByRole('combobox', { name: 'Encryption' }).selectOption({ label: 'Not encrypted (same machine only)' });
  await inspectScreen(admin);
  await page.getByRole('button', { name: 'Next: the account' }).click();
  await page
    .getByText(/create role/i)
    .first()
    .waitFor();
  await inspectScreen(admin);
  await page.getByRole('button', { name: 'Next: credentials and checks' }).click();
  await page.getByRole('textbox', { name: 'User name' }).fill(platform.connector.username);
  await page.getByRole('textbox', { name: 'Password' }).fill(platform.connector.password);
  await page.getByRole('button', { name: 'Run the checks' }).click();
  await page.getByText('GRANT_AUTHORITY').waitFor();
  await inspectScreen(admin);
  await page.getByRole('button', { name: 'Next: people' }).click();
  await page.getByText('Name on the platform').first().waitFor();
  await inspectScreen(admin);
  await page.getByRole('button', { name: 'Connect and sync' }).click();
  await page.waitForURL((now) => now.pathname === `/admin/connections/${key}`);
}

/** Enables a whole database in the object browser. */
export async function enableDatabase({ page }: Visitor, database: string): Promise<void> {
  await page.getByRole('row', { name: new RegExp(`^${database} `) }).click();
  const detail = page.getByRole('complementary', { name: 'Details' });
  await detail.getByRole('radio', { name: 'Enabled' }).check();
  await detail.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply', exact: true }).click();
  await page.getByRole('row', { name: new RegExp(`^${database} Database Enabled`) }).waitFor();
}
