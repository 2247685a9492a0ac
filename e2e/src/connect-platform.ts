import type { LivePlatform } from '@stoa/server/testing/live-platform';
import { expect } from 'vitest';
import { expectSameAfterReload, inspectScreen } from './inspect-screen.ts';
import type { Visitor } from './visitor.ts';

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

/** What a reconcile would run, by one key; of a connection that nothing is given on yet that is nothing. */
export async function tryDryRun(admin: Visitor, key: string): Promise<void> {
  const { page } = admin;
  await page.keyboard.press('d');
  const dialog = page.getByRole('dialog', { name: `Dry run on ${key}` });
  await dialog.getByText('Nothing would run: the platform is as it should be.').waitFor();
  await inspectScreen(admin);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
}

/** What becomes of members without an approval, and whom that never meets, by keys; back on the page as it was. */
export async function chooseMembers(admin: Visitor, key: string): Promise<void> {
  const { page, problems } = admin;
  await page
    .getByRole('navigation', { name: 'Parts of the connection' })
    .getByRole('link', { name: 'Settings' })
    .click();
  const members = page.getByRole('region', { name: 'Members without an approval' });
  await members.getByText(/^This server is PostgreSQL 18/).waitFor();
  await members.getByRole('radio', { name: 'Report them' }).press('ArrowDown');
  await members.getByRole('button', { name: 'Save' }).press('Enter');
  await members.getByRole('button', { name: 'Save: not possible. Nothing has been changed.' }).waitFor();
  const list = page.getByRole('region', { name: 'Protected principals' });
  const field = list.getByRole('textbox', { name: 'Login on the platform' });
  await field.press('Enter');
  await list.getByText('Write the name of a login.').waitFor();
  await field.fill('nightly_report');
  await field.press('Enter');
  const remove = list.getByRole('button', { name: 'Take away nightly_report' });
  await remove.waitFor();
  expect(await field.inputValue()).toBe('');
  await field.fill('nightly_report');
  await field.press('Enter');
  await list.getByText('“nightly_report” is in the list already.').waitFor();
  await field.fill('');
  await inspectScreen(admin);
  await expectSameAfterReload(admin);
  expect(await members.getByRole('radio', { name: 'Take them out' }).isChecked()).toBe(true);

  // What the API refuses is said at the field, and what was typed stays.
  const headers = { origin: new URL(page.url()).origin };
  const fill = async (protectedPrincipals: readonly string[]) => {
    const data = { settings: { protectedPrincipals } };
    expect((await page.request.patch(`/api/connection/${key}`, { data, headers })).status()).toBe(200);
  };
  await fill(Array.from({ length: 100 }, (_, n) => `job_${n}`));
  await list.getByText('job_99').waitFor();
  await field.fill('one_more');
  await field.press('Enter');
  await list.getByText(/100 items/).waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  expect(await field.inputValue()).toBe('one_more');
  expect(problems.splice(0)).toEqual([expect.stringContaining('400')]);

  await fill(['job_0']);
  await list.getByText('job_99').waitFor({ state: 'detached' });
  await list.getByRole('button', { name: 'Take away job_0' }).press('Enter');
  await list.getByText('No login is protected.').waitFor();
  await expect.poll(() => list.evaluate((part) => part.contains(document.activeElement))).toBe(true);
}
