import type { LivePlatform } from '@stoa/server/testing/live-platform';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { arrowTo, choose, expectFocus, press, pressKeys, runCommand, tabTo, write } from './by-keys.ts';
import { settle } from './inspect-screen.ts';

/** Walks the wizard of connections to its end; people are called there as the template says. */
export async function connectByKeys(page: Page, platform: LivePlatform, template: string): Promise<void> {
  await pressKeys(page, 'g', 'c');
  await page.waitForURL((now) => now.pathname === '/admin/connections');
  await pressKeys(page, 'n');
  await page.waitForURL((now) => now.pathname === '/admin/connections/new');
  await write(page, /^Key/, 'adverts');
  await write(page, /^Host/, platform.host);
  await write(page, /^Port/, String(platform.port));
  await write(page, /^Database/, platform.database);
  await tabTo(page, /^Encryption/);
  await page.keyboard.type('Not');
  await page.keyboard.press('Control+Enter');
  await page
    .getByText(/create role/i)
    .first()
    .waitFor();
  await expectFocus(page);
  await page.keyboard.press('Control+Enter');
  await write(page, /^User name/, platform.connector.username);
  await write(page, /^Password/, platform.connector.password);
  await page.keyboard.press('Control+Enter');
  await page.getByText('GRANT_AUTHORITY').waitFor();
  await page.keyboard.press('Control+Enter');
  await tabTo(page, /^User name/);
  await arrowTo(page, /^Other/);
  await write(page, /^Name on the platform/, template);
  await page.keyboard.press('Control+Enter');
  await page.waitForURL((now) => now.pathname === '/admin/connections/adverts');
  await page.getByText('Finished').waitFor();
}

/** Makes a change once its preview is counted. */
async function confirmByKeys(page: Page, label: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: label, exact: true }).waitFor();
  await press(page, new RegExp(`^${label}$`));
}

/** Enables the whole database in the object browser, from the page of its connection. */
export async function enableByKeys(page: Page, database: string): Promise<void> {
  await press(page, /^Browse objects/);
  await page.waitForURL((now) => now.pathname === '/admin/objects');
  await tabTo(page, /advertsConnection$/);
  const row = page.getByRole('row', { name: new RegExp(`^${database} `) });
  if (!(await row.isVisible())) await page.keyboard.press('ArrowRight');
  await row.waitFor();
  await page.keyboard.type(database);
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Details' }).getByRole('radio', { name: 'Enabled' }).waitFor();
  await tabTo(page, /^(Enabled|Disabled|As above)/);
  await arrowTo(page, /^Enabled/);
  await press(page, /^Apply/);
  await confirmByKeys(page, 'Apply');
  await page.getByRole('row', { name: new RegExp(`^${database} Database Enabled`) }).waitFor();
  await expectFocus(page);
}

/** What is typed, and what is ticked of all that it finds, from the top down. */
export type Sources = { search: string; names: readonly string[] };

/** Makes a domain with these sources; its page is open afterwards. */
export async function makeDomainByKeys(page: Page, name: string, sources: Sources): Promise<void> {
  await pressKeys(page, 'g', 'd');
  await page.waitForURL((now) => now.pathname === '/govern/domains');
  await pressKeys(page, 'n');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).waitFor();
  await write(page, /^Name/, name);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await pickByKeys(page, sources);
  await press(page, /^Save the sources/);
  await confirmByKeys(page, 'Save the sources');
  await page.getByRole('button', { name: /^Save the sources: not possible/ }).waitFor();
  await expectFocus(page);
}

async function pickByKeys(page: Page, { search, names }: Sources): Promise<void> {
  await write(page, /^Search$/, search);
  await expect.poll(() => page.locator('main').getByRole('checkbox', { name: search }).count()).toBe(names.length);
  await settle(page);
  for (const name of names) await press(page, new RegExp(`${name.replaceAll('.', '\\.')}$`), 'Space');
}

/** Writes an agreement and a form that asks for it. */
export async function makeFormByKeys(page: Page, form: { name: string; question: string; agreement: string }) {
  await runCommand(page, 'agreements', '/manage/agreements');
  await pressKeys(page, 'n');
  await page.waitForURL((now) => now.pathname === '/manage/agreements/new');
  await write(page, /^Name/, form.agreement);
  await write(page, /^Text/, 'Figures stay in the team that asked for them.');
  await press(page, /^Publish version 1/);
  await page.getByRole('heading', { level: 1, name: form.agreement }).waitFor();
  await pressKeys(page, 'g', 'f');
  await page.waitForURL((now) => now.pathname === '/manage/forms');
  await pressKeys(page, 'n');
  await page.waitForURL((now) => now.pathname === '/manage/forms/new');
  await write(page, /^Name of the form/, form.name);
  await choose(page, /^Add an agreement/, form.agreement);
  await write(page, /^Question( \*)?$/, form.question);
  await page.keyboard.press('Control+s');
  await page.getByRole('heading', { level: 1, name: form.name }).waitFor();
}

/** Lets somebody publish in the domain; its page is open afterwards. */
export async function grantByKeys(page: Page, domain: string, person: string): Promise<void> {
  await pressKeys(page, 'g', 'd');
  await page.waitForURL((now) => now.pathname === '/govern/domains');
  await press(page, new RegExp(`^${domain}$`));
  await page.getByRole('heading', { level: 1, name: domain }).waitFor();
  await press(page, /^Permissions$/);
  await choose(page, /^Add a person or a group/, person);
  await page.getByRole('checkbox', { name: `Data products for ${person}`, checked: true }).waitFor();
  await press(page, /^Save the permissions/);
  await page.getByRole('button', { name: /^Save the permissions: not possible/ }).waitFor();
  await expectFocus(page);
}

type Publishing = { name: string; domain: string; sources: Sources; form: string; steward: string };

/** Publishes a data product; its page is open afterwards. */
export async function publishByKeys(page: Page, product: Publishing): Promise<void> {
  await pressKeys(page, 'g', 'p');
  await page.waitForURL((now) => now.pathname === '/manage/products');
  await pressKeys(page, 'n');
  await page.waitForURL((now) => now.pathname === '/manage/products/new');
  await press(page, new RegExp(`^${product.domain}`), 'Space');
  await pickByKeys(page, product.sources);
  await write(page, /^Name/, product.name);
  await write(page, /^Description/, 'Which advert was shown where, and what it cost.');
  await choose(page, /^Request form for data access/, product.form);
  await choose(page, /^Add a steward/, product.steward);
  await page.getByText('Nobody has access yet').waitFor();
  await page.keyboard.press('Control+s');
  await page.waitForURL((now) => now.pathname.startsWith('/products/'));
}
