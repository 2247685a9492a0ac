import { makeLivePlatform } from '@stoa/server/testing/live-platform';
import { connectionString } from '@stoa/server/testing/postgres';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  askForProduct,
  draftApproval,
  draftProduct,
  findProduct,
  pressKeys,
  publishDraft,
  revokeHere,
  rowTo,
  tabTo,
  waitForVerified,
} from './ask-and-decide.ts';
import { launchBrowser } from './browser.ts';
import { connectPlatform, enableDatabase } from './connect-platform.ts';
import { expectSameAfterReload, inspectScreen, settle } from './inspect-screen.ts';
import { connectToPlatform, type PlatformClient } from './platform-client.ts';
import { type Stoa, startStoa } from './start-stoa.ts';
import { openVisitor, signInAt, type Visitor } from './visitor.ts';

const refused = '42501';
let stoa: Stoa;
let browser: Browser;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  [stoa, browser] = await Promise.all([startStoa(), launchBrowser()]);
}, 240_000);
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

/** A person in a browser of their own, who followed a link before signing in. */
async function enter(username: string, path: string): Promise<Visitor> {
  const visitor = await openVisitor(browser, stoa.url);
  opened.push(visitor);
  await signInAt(visitor, path, username);
  return visitor;
}

/** The same person's connection to the warehouse, with the password that the README shows. */
async function readsAs(user: string): Promise<PlatformClient> {
  const login = { port: stoa.postgresPort, database: 'warehouse', user, password: `${user}-demo` };
  const client = await connectToPlatform(login);
  opened.push(client);
  return client;
}

/** Looks at a screen in every way, and that its address alone brings it back. */
async function visit(visitor: Visitor): Promise<void> {
  await inspectScreen(visitor);
  await expectSameAfterReload(visitor);
}

describe('From publishing to rows and back, by mouse', () => {
  it('a decision lets the consumer’s own connection read, and revoking stops it', { timeout: 300_000 }, async () => {
    const own = await readsAs('consumer');
    const table = 'sales.stores';
    const manager = await enter('manager', '/manage/products');
    await visit(manager);
    await manager.page.getByRole('link', { name: 'Publish a data product' }).click();
    await draftProduct(manager.page, {
      name: 'Stores and prices',
      domain: 'Sales',
      sources: ['warehouse.sales.stores', 'warehouse.sales.price_history'],
      steward: 'Ingrid Bauer',
    });
    await inspectScreen(manager);
    await publishDraft(manager.page);
    await visit(manager);

    const consumer = await enter('consumer', '/');
    await visit(consumer);
    await findProduct(consumer.page, 'Stores and prices', 'stores');
    for (const tab of ['Data', 'Columns', 'Activity', 'Use', 'Overview']) {
      await consumer.page.getByRole('link', { name: tab, exact: true }).click();
      await visit(consumer);
    }
    const id = await askForProduct(consumer.page, 'I plan where the next campaign is shown.');
    await visit(consumer);
    expect(await own.read(table)).toBe(refused);

    const steward = await enter('steward', '/reviews');
    await visit(steward);
    await steward.page.goto(`/reviews/${id}`);
    await steward.page.getByText(/GRANT "stoa_dp_\d+" TO "consumer"/).waitFor();
    await steward.page.getByText('I plan where the next campaign is shown.').waitFor();
    await visit(steward);
    await draftApproval(steward.page, 'Needed for the stated purpose.');
    await inspectScreen(steward);
    await steward.page.getByRole('button', { name: 'Approve for 30 days' }).click();
    expect(await own.readUntil(table, 'rows')).toBe('rows');
    await waitForVerified(steward.page);
    await inspectScreen(steward);

    await consumer.page.getByText('Active', { exact: false }).first().waitFor();
    await waitForVerified(consumer.page);
    await visit(consumer);
    await consumer.page.goto('/me/access');
    await consumer.page.getByText('Stores and prices').first().waitFor();
    await visit(consumer);
    await consumer.page.goto(`/requests/${id}`);
    await waitForVerified(consumer.page);

    await revokeHere(steward.page, 'The campaign is over.');
    expect(await own.readUntil(table, refused)).toBe(refused);
    await consumer.page.getByText('Revoked').first().waitFor();
    await visit(consumer);
    await inspectScreen(steward);
  });
});

describe('Asking and deciding without a mouse', () => {
  it('keys alone lead from sign-in to rows', { timeout: 300_000 }, async () => {
    const own = await readsAs('consumer');
    const consumer = await openVisitor(browser, stoa.url);
    const steward = await openVisitor(browser, stoa.url);
    opened.push(consumer, steward);
    await signInByKeys(consumer, 'consumer');
    await lookAtOverlays(consumer);
    await pressKeys(consumer.page, '/');
    await consumer.page.keyboard.type('customer orders loyalty');
    await consumer.page.waitForURL((now) => now.searchParams.has('q'));
    await consumer.page.keyboard.press('Escape');
    await tabTo(consumer.page, /^Customer 360$/);
    await consumer.page.keyboard.press('Enter');
    await consumer.page.waitForURL((now) => now.pathname.startsWith('/products/'));
    await pressKeys(consumer.page, 'r');
    await consumer.page.waitForURL((now) => now.pathname.endsWith('/request'));
    await tabTo(consumer.page, /what will you use this data for/);
    await consumer.page.keyboard.type('I measure how many customers come back after a return.');
    await consumer.page.keyboard.press('Control+Enter');
    await consumer.page.waitForURL((now) => now.pathname.startsWith('/requests/'));
    expect(await own.read('sales.orders')).toBe(refused);

    await signInByKeys(steward, 'steward');
    await pressKeys(steward.page, 'g', 'r');
    await steward.page.waitForURL((now) => now.pathname === '/reviews');
    await rowTo(steward.page, new URL(consumer.page.url()).pathname.replace('/requests/', '/reviews/'));
    await steward.page.keyboard.press('Enter');
    await steward.page.waitForURL((now) => now.pathname.startsWith('/reviews/'));
    await pressKeys(steward.page, 't', 'r');
    await steward.page.keyboard.type('Needed for the stated purpose.');
    await steward.page.keyboard.press('Control+Enter');
    expect(await own.readUntil('sales.orders', 'rows')).toBe('rows');
    await waitForVerified(steward.page);
    await waitForVerified(consumer.page);
    await inspectScreen(steward);
    await inspectScreen(consumer);
  });
});

/** Anchored: right after a reload the focus is on the page, whose words hold those of every label. */
const purpose = /^What are your responsibilities/;

describe('From a link in a catalog to rows, without a mouse', () => {
  it('the link survives sign-in, the asset’s form stands there, and an approval lets the person read', {
    timeout: 120_000,
  }, async () => {
    const table = 'sales.campaigns';
    const own = await readsAs('consumer2');
    const [consumer, governor] = [await openVisitor(browser, stoa.url), await openVisitor(browser, stoa.url)];
    opened.push(consumer, governor);
    const name = `fullyQualifiedName=WAREHOUSE.Sales.campaigns&technology=PostgreSQL&port=${stoa.postgresPort}`;
    await signInByKeys(consumer, 'consumer2', `/marketplace/request?${name}&requestType=data-access&accountId=7`);
    const { page } = consumer;
    await page.waitForURL((now) => /^\/assets\/[^/]+\/request$/.test(now.pathname));
    await page.getByRole('heading', { level: 1, name: 'Request access to campaigns' }).waitFor();
    await visit(consumer);
    await tabTo(page, purpose);
    await page.keyboard.type('I compare what the campaigns cost with what they brought.');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL((now) => now.pathname.startsWith('/requests/'));
    expect(await own.read(table)).toBe(refused);

    await signInByKeys(governor, 'governor', '/reviews');
    await rowTo(governor.page, new URL(page.url()).pathname.replace('/requests/', '/reviews/'));
    await governor.page.keyboard.press('Enter');
    await governor.page.waitForURL((now) => now.pathname.startsWith('/reviews/'));
    await governor.page.getByText(/GRANT "stoa_as_\d+" TO "consumer2"/).waitFor();
    await pressKeys(governor.page, 't', 'r');
    await governor.page.keyboard.type('Needed for the stated purpose.');
    await governor.page.keyboard.press('Control+Enter');
    expect(await own.readUntil(table, 'rows')).toBe('rows');
    await waitForVerified(governor.page);
    await waitForVerified(page);
    await pressKeys(page, 'u');
    await page.getByText('select * from sales.campaigns limit 10;').waitFor();
    await inspectScreen(consumer);
    await askForUnknown(consumer, governor);
  });
});

/** A link to what no crawl has found leads to a request all the same, and governors see it. */
async function askForUnknown(consumer: Visitor, governor: Visitor): Promise<void> {
  const { page } = consumer;
  await page.goto('/request?fullyQualifiedName=lake.raw.web_events&technology=PostgreSQL&assetType=table');
  await page.getByRole('heading', { level: 1, name: 'Asset not registered' }).waitFor();
  await visit(consumer);
  await tabTo(page, purpose);
  await page.keyboard.type('I count visits.');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL((now) => now.pathname.startsWith('/requests/'));
  await page.getByText('No crawl has found this asset yet').waitFor();
  await governor.page.goto('/admin/requested-assets');
  await tabTo(governor.page, /^Say which asset is meant by lake\.raw\.web_events/);
  await visit(governor);
}

/** The palette and the account's panel: reached by keys, no barrier while they are open, and closed by Escape. */
async function lookAtOverlays(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await settle(page);
  await page.keyboard.press('Control+k');
  // No wait: whoever knows the command types it at once.
  await page.keyboard.type('my acc');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await expect.poll(() => palette.getByRole('combobox').inputValue()).toBe('my acc');
  await palette.getByRole('option', { name: /^My access/ }).waitFor();
  await inspectScreen(visitor);
  await page.keyboard.press('Enter');
  await page.waitForURL((now) => now.pathname === '/me/access');
  await pressKeys(page, 'g', 'm');
  await page.waitForURL((now) => now.pathname === '/');
  await tabTo(page, /^Your account/);
  await page.keyboard.press('Enter');
  const account = page.getByRole('dialog', { name: 'Your account' });
  await account.getByText('Dark').waitFor();
  await inspectScreen(visitor);
  await page.keyboard.press('Escape');
  await account.waitFor({ state: 'hidden' });
}

async function signInByKeys({ page }: Visitor, username: string, path = '/'): Promise<void> {
  await page.goto(path);
  await page.waitForURL((now) => now.pathname === '/login');
  await settle(page);
  await tabTo(page, /^User name/);
  await page.keyboard.type(username);
  await page.keyboard.press('Tab');
  await page.keyboard.type('stoa-sample');
  await page.keyboard.press('Enter');
  await page.waitForURL((now) => now.pathname !== '/login');
}

describe('A list that comes late', () => {
  it('loses nothing that was typed before it, and takes nobody who was not asked for', {
    timeout: 120_000,
  }, async () => {
    const { page } = await enter('manager', '/manage/products/new');
    await page.route('**/api/metadata/users*', async (route) => {
      await new Promise((done) => setTimeout(done, 1_500));
      await route.continue();
    });
    const field = page.getByRole('combobox', { name: 'Add a steward' });
    await field.pressSequentially('Ingrid');
    // The list still answers the empty text: whoever stands first in it was not meant.
    await page.keyboard.press('Enter');
    expect(await field.inputValue()).toBe('Ingrid');
    const found = page.getByRole('listbox', { name: 'Add a steward' }).getByRole('option');
    await expect.poll(() => found.allTextContents(), { timeout: 15_000 }).toEqual(['Ingrid Bauer (steward)']);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Ingrid Bauer/ }).waitFor();
    expect(await field.inputValue()).toBe('');
  });
});

describe('A second platform, from the wizard to a domain', () => {
  it('is checked, crawled, enabled, and its sources can be published', { timeout: 300_000 }, async () => {
    const platform = await makeLivePlatform(connectionString('postgres'));
    opened.push({ close: () => platform.drop() });
    const admin = await enter('appadmin', '/admin/connections/new');
    await connectPlatform(admin, 'second', platform);
    // No reload: the crawl started by itself, and its end arrives by itself.
    await admin.page.getByText('Finished').waitFor();
    // The first run would come with the next sweep, in the middle of what follows.
    await admin.page.getByRole('button', { name: 'Reconcile now' }).click();
    await admin.page.getByText('In step').waitFor();
    // How the run that was asked for went on is shown to whoever asked, and is not of the address.
    await admin.page.reload();
    await visit(admin);
    await admin.page.getByRole('link', { name: 'Browse objects' }).click();
    await enableDatabase(admin, platform.database);
    await visit(admin);

    const governor = await enter('governor', '/govern/domains');
    await visit(governor);
    await governor.page.getByRole('link', { name: 'Finance' }).click();
    await governor.page.getByRole('searchbox', { name: 'Search', exact: true }).fill('area_1');
    await governor.page.getByRole('checkbox', { name: /area_1\.table_1/ }).check();
    await governor.page.getByRole('button', { name: 'Save the sources' }).click();
    await governor.page.getByRole('button', { name: /Save the sources: not possible/ }).waitFor();
    await governor.page.getByRole('searchbox', { name: 'Search', exact: true }).fill('');
    await visit(governor);
    const manager = await enter('manager', '/manage/products/new');
    await manager.page.getByRole('checkbox', { name: 'Finance', exact: true }).check();
    await manager.page.getByRole('searchbox', { name: 'Search', exact: true }).fill('area_1');
    await manager.page.getByRole('checkbox', { name: `${platform.database}.area_1.table_1` }).waitFor();
  });
});

describe('A server that dies right after the click', () => {
  it('has lost nothing: the page recovers and the consumer reads', { timeout: 300_000 }, async () => {
    const steward = await enter('steward', '/reviews');
    await steward.page.getByRole('table').getByRole('link', { name: 'Mateo Álvarez' }).first().click();
    await draftApproval(steward.page, 'Cash flow is forecast from orders and returns.');
    const answered = steward.page.waitForResponse((one) => one.url().endsWith('/determination'));
    await steward.page.getByRole('button', { name: 'Approve for 30 days' }).click();
    await answered;
    await stoa.killAndRestart();
    await waitForVerified(steward.page);
    const own = await readsAs('consumer2');
    expect(await own.readUntil('sales.orders', 'rows')).toBe('rows');
    // The calls that met no server are on the console; what the browser sees from now on must be clean again.
    steward.problems.length = 0;
    await steward.page.reload();
    await waitForVerified(steward.page);
    await inspectScreen(steward);
  });
});
