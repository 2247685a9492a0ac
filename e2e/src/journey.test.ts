import { startMailServer } from '@stoa/server/features/notification/mail-server.fixture';
import { makeLivePlatform } from '@stoa/server/testing/live-platform';
import { connectionString } from '@stoa/server/testing/postgres';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  askForProduct,
  draftApproval,
  draftProduct,
  findProduct,
  publishDraft,
  revokeHere,
  waitForVerified,
} from './ask-and-decide.ts';
import { launchBrowser } from './browser.ts';
import { expectFocus, press, pressKeys, rowTo, signInByKeys, tabTo } from './by-keys.ts';
import { chooseMembers, connectPlatform, enableDatabase, tryDryRun } from './connect-platform.ts';
import { connectMail, linkFromMail } from './decide-from-messages.ts';
import { acceptByKeys, askByKeys, decideByKeys, findByKeys, revokeByKeys } from './decide-by-keys.ts';
import { expectSameAfterReload, inspectScreen, settle } from './inspect-screen.ts';
import { connectToPlatform, type PlatformClient } from './platform-client.ts';
import {
  connectByKeys,
  enableByKeys,
  grantByKeys,
  makeDomainByKeys,
  makeFormByKeys,
  publishByKeys,
} from './publish-by-keys.ts';
import { askForColumn, identifyConnection, maskTagged } from './mask-and-unmask.ts';
import { changeByTwo } from './change-by-two.ts';
import { lookAtOverlays } from './overlays.ts';
import { planTakeBack } from './plan-take-back.ts';
import { type Stoa, startStoa } from './start-stoa.ts';
import { openVisitor, signInAt, type Visitor } from './visitor.ts';

const refused = '42501';
let stoa: Stoa;
let browser: Browser;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  [stoa, browser] = await Promise.all([startStoa(), launchBrowser()]);
}, 360_000);
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
  it('a decision lets the consumer’s own connection read, and revoking stops it', { timeout: 900_000 }, async () => {
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
    await steward.page.getByText(/GRANT "stoa_dp_\w+" TO "consumer"/).waitFor();
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

describe('From a message to a decision', () => {
  it('a steward decides by the link of an e-mail and from the inbox, and who asked is told', {
    timeout: 600_000,
  }, async () => {
    const mail = await startMailServer({ user: 'nobody', pass: 'none' });
    opened.push({ close: () => mail.stop() });
    const admin = await enter('appadmin', '/admin/messages');
    await connectMail(admin.page, mail.port);
    await inspectScreen(admin);

    const consumer = await enter('consumer', '/products/stores-and-prices');
    await consumer.page.getByRole('heading', { level: 1, name: 'Stores and prices' }).waitFor();
    const first = await askForProduct(consumer.page, 'I plan the next campaign as well.');
    const steward = await enter('steward', await linkFromMail(mail, first));
    await steward.page.getByText('I plan the next campaign as well.').waitFor();
    await draftApproval(steward.page, 'Asked by e-mail.');
    await steward.page.getByRole('button', { name: 'Approve for 30 days' }).click();
    await waitForVerified(steward.page);
    await consumer.page.goto('/inbox');
    await consumer.page
      .getByText(/^Your request for Stores and prices was approved\. By Ingrid Bauer\./)
      .first()
      .waitFor();
    await admin.page.goto('/admin/messages?tab=deliveries');
    await admin.page.getByText('Sent').first().waitFor();
    await inspectScreen(admin);

    const other = await enter('consumer2', '/products/stores-and-prices');
    await other.page.getByRole('heading', { level: 1, name: 'Stores and prices' }).waitFor();
    const second = await askForProduct(other.page, 'I compare the prices of two years.');
    await steward.page.goto('/inbox');
    const asked = steward.page.locator(`a[href="/reviews/${second}"]`);
    await asked.waitFor();
    await visit(steward);
    await asked.click();
    await steward.page.waitForURL((now) => now.pathname === `/reviews/${second}`);
    await draftApproval(steward.page, 'Asked in the inbox.');
    await steward.page.getByRole('button', { name: 'Approve for 30 days' }).click();
    await waitForVerified(steward.page);
    await steward.page.goto('/inbox?read=true');
    await asked.waitFor();
    await steward.page.goto('/me/notifications');
    await inspectScreen(steward);
  });
});

/** Anchored: right after a reload the focus is on the page, whose words hold those of every label. */
const purpose = /^What are your responsibilities/;

describe('From a link in a catalog to rows, without a mouse', () => {
  it('the link survives sign-in, the asset’s form stands there, and an approval lets the person read', {
    timeout: 900_000,
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
    await governor.page.getByText(/GRANT "stoa_as_\w+" TO "consumer2"/).waitFor();
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

describe('Reports', () => {
  it('name who can read a source, lead to what each person has, and give all of it as a file', {
    timeout: 900_000,
  }, async () => {
    const governor = await enter('governor', '/reports');
    const { page } = governor;
    await visit(governor);
    await tabTo(page, /^Data source(?!s)/);
    await page.keyboard.type('finance.invoices');
    const option = page.getByRole('listbox', { name: 'Data source' }).getByRole('option');
    await expect
      .poll(() => option.allTextContents(), { timeout: 15_000 })
      .toEqual(['warehouse · warehouse.finance.invoices']);
    await page.keyboard.press('Enter');
    const row = page.getByRole('row', { name: /Mateo Álvarez/ });
    await row.getByText('Active').waitFor();
    await visit(governor);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^Download CSV/ }).press('Enter'),
    ]);
    expect(file.suggestedFilename()).toBe('who-has-access.csv');
    await row.getByRole('link', { name: /Mateo Álvarez/ }).press('Enter');
    // What others granted is known after the first sweep.
    const foreign = page.getByRole('row', { name: /Granted on the platform/ });
    await expect
      .poll(
        () =>
          page
            .reload()
            .then(() => settle(page))
            .then(() => foreign.count()),
        { timeout: 60_000, interval: 2_000 },
      )
      .toBe(1);
    await visit(governor);
    for (const [report, words] of [
      ['Ending soon', 'Finance ledger'],
      ['Decisions', 'Ingrid Bauer'],
      ['Drift', 'Foreign grant beside Stoa'],
    ] as const) {
      await page.getByRole('navigation', { name: 'Reports' }).getByRole('link', { name: report }).press('Enter');
      if (report === 'Ending soon') await page.goto('/reports?tab=expiring&days=365');
      await page.getByRole('row', { name: new RegExp(words) }).waitFor();
      await visit(governor);
    }
  });
});

describe('From what a column holds to a mask, and to one person’s exception', () => {
  it('identified, tagged, masked for the consumer’s own connection, asked for, shown in clear, and masked again', {
    timeout: 900_000,
  }, async () => {
    const own = await readsAs('consumer');
    const mail = () => own.firstValue('select work_email from shared_hr.staff_directory order by id limit 1');
    const governor = await enter('governor', '/govern/identification');
    await identifyConnection(governor.page, 'warehouse');
    await visit(governor);
    await governor.page.goto('/govern/policies/new?type=data');
    await maskTagged(governor.page, {
      name: 'Mask what is personal',
      tag: 'Discovered.Entity',
      exceptGroup: 'People and Culture',
    });
    await expect.poll(mail, { timeout: 10_000 }).toMatch(/^[0-9a-f]{64}$/);
    await visit(governor);
    const consumer = await enter('consumer', '/products/workforce-basics?tab=columns');
    await visit(consumer);
    const id = await askForColumn(consumer.page, 'work_email', 'I write to the staff of the stores.');
    expect(await mail()).toMatch(/^[0-9a-f]{64}$/);
    const { page } = governor;
    await page.goto(`/reviews/${id}`);
    await draftApproval(page, 'She writes to them.');
    await visit(governor);
    await page.getByRole('button', { name: /^Approve/ }).click();
    await expect.poll(mail, { timeout: 10_000 }).toContain('@');
    await consumer.page.goto(`/requests/${id}`);
    await visit(consumer);
    await revokeHere(page, 'The letters are out.');
    await expect.poll(mail, { timeout: 10_000 }).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('A list that comes late', () => {
  it('loses nothing that was typed before it, and takes nobody who was not asked for', {
    timeout: 900_000,
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
  it('is checked, crawled, enabled, and its sources can be published', { timeout: 900_000 }, async () => {
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
    await tryDryRun(admin, 'second');
    await chooseMembers(admin, 'second');
    await admin.page.getByRole('link', { name: 'Browse objects' }).click();
    await enableDatabase(admin, platform.database);
    await visit(admin);
    await admin.page.goto('/admin/settings/slack');
    await admin.page.getByText('Not set up').waitFor();
    await visit(admin);
    await admin.page.goto('/admin/first-steps');
    await admin.page.getByText('Everything is there.').waitFor();
    await visit(admin);

    const governor = await enter('governor', '/govern/domains');
    await visit(governor);
    await governor.page.getByRole('link', { name: 'Finance' }).click();
    await governor.page.getByRole('searchbox', { name: 'Search', exact: true }).fill('area_1');
    await governor.page.getByRole('checkbox', { name: /area_1\.table_1/ }).check();
    await governor.page.getByRole('button', { name: 'Save the sources' }).click();
    const dialog = governor.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save the sources', exact: true }).click();
    await governor.page.getByRole('button', { name: /Save the sources: not possible/ }).waitFor();
    await governor.page.getByRole('searchbox', { name: 'Search', exact: true }).fill('');
    await visit(governor);
    const manager = await enter('manager', '/manage/products/new');
    await manager.page.getByRole('checkbox', { name: 'Finance', exact: true }).check();
    await manager.page.getByRole('searchbox', { name: 'Search', exact: true }).fill('area_1');
    await manager.page.getByRole('checkbox', { name: `${platform.database}.area_1.table_1` }).waitFor();
  });
});

const adverts = {
  domain: 'Advertising',
  product: 'Advert reach',
  steward: 'Ingrid Bauer',
  form: { name: 'Advert figures', question: 'What do you compare?', agreement: 'Advert figures stay inside' },
};

/** A platform that the installation does not know yet, with a person who has a login there. */
async function makeAdvertPlatform() {
  const platform = await makeLivePlatform(connectionString('postgres'));
  opened.push({ close: () => platform.drop() });
  const suffix = platform.owner.replace('owner_', '');
  const readerOf = async (username: string): Promise<PlatformClient> => {
    const { username: user, password } = await platform.addLogin(username);
    const client = await connectToPlatform({ ...platform, user, password });
    opened.push(client);
    return client;
  };
  const [own, other] = [await readerOf('consumer'), await readerOf('consumer2')];
  const search = `${platform.database}.area_1`;
  const sources = { search, names: [1, 2, 3].map((n) => `${search}.table_${n}`) };
  return { platform, template: `{username}_${suffix}`, sources, table: 'area_1.table_1', own, other };
}

type Adverts = Awaited<ReturnType<typeof makeAdvertPlatform>>;

/** Somebody new to the journey: a browser of their own, signed in. */
async function enterByKeys(username: string): Promise<Visitor> {
  const visitor = await openVisitor(browser, stoa.url);
  opened.push(visitor);
  await signInByKeys(visitor, username);
  return visitor;
}

/** Steps 1 to 4: a platform, a domain with its form, the right to publish in it, a data product. */
async function publishAdverts({ platform, template, sources }: Adverts): Promise<void> {
  const [admin, governor, userAdmin, manager] = await Promise.all([
    enterByKeys('appadmin'),
    enterByKeys('governor'),
    enterByKeys('useradmin'),
    enterByKeys('manager'),
  ]);
  await connectByKeys(admin.page, platform, template);
  await enableByKeys(admin.page, platform.database);
  await makeDomainByKeys(governor.page, adverts.domain, sources);
  await makeFormByKeys(governor.page, adverts.form);
  await grantByKeys(userAdmin.page, adverts.domain, 'Priya Raman');
  await inspectScreen(userAdmin);
  await publishByKeys(manager.page, { ...adverts, name: adverts.product, form: adverts.form.name, sources });
  const problems = [admin, governor, userAdmin, manager].flatMap((one) => one.problems);
  expect(problems).toEqual([]);
}

const asking = { question: /^What do you compare\?/, agreement: adverts.form.agreement };

/** Access that somebody else asked for starts once the person who gets it has accepted the agreement. */
async function readOnBehalf({ other, table }: Adverts, consumer: Visitor, steward: Visitor): Promise<void> {
  await findByKeys(consumer.page, 'advert reach', adverts.product);
  await pressKeys(consumer.page, 'r');
  const purpose = 'Mateo compares what adverts cost.';
  const id = await askByKeys(consumer.page, { ...asking, purpose, person: 'Mateo Álvarez' });
  await decideByKeys(steward.page, id, 'a', 'Finance checks the costs.');
  await consumer.page.getByText('Access waits for Mateo Álvarez').waitFor();
  expect(await other.read(table)).toBe(refused);
  const colleague = await enterByKeys('consumer2');
  await pressKeys(colleague.page, 'g', 'a');
  await press(colleague.page, /^Read and accept/);
  await colleague.page.waitForURL((now) => now.pathname === `/requests/${id}`);
  await inspectScreen(colleague);
  await acceptByKeys(colleague.page, asking.agreement);
  await press(colleague.page, /^Accept and start my access/);
  expect(await other.readUntil(table, 'rows')).toBe('rows');
  await waitForVerified(colleague.page);
  await expectFocus(colleague.page);
}

/** Other answers while it waits, a no with its reason, and the second request that answers it. */
async function askTwice(consumer: Visitor, steward: Visitor): Promise<void> {
  const { page } = consumer;
  await pressKeys(page, 'g', 'm');
  await page.waitForURL((now) => now.pathname === '/');
  await findByKeys(page, 'advert reach', adverts.product);
  for (const [key, words] of [
    ['2', 'table_2'],
    ['3', 'label'],
  ] as const) {
    await pressKeys(page, key);
    await page.locator('main').getByText(words).first().waitFor();
  }
  await pressKeys(page, 'r');
  await askByKeys(page, { ...asking, purpose: 'Nothing.' });
  await press(page, /^Change answers/);
  await page.getByText('It stays as it is until you submit this one').waitFor();
  await inspectScreen(consumer);
  const first = await askByKeys(page, { ...asking, purpose: 'Something.' });
  await decideByKeys(steward.page, first, 'd', 'Say which adverts.');
  await page.getByText('Say which adverts.').first().waitFor();
  await inspectScreen(consumer);
  await press(page, /^Ask again/);
  const second = await askByKeys(page, { ...asking, purpose: 'I compare the adverts of spring and autumn.' });
  await decideByKeys(steward.page, second, 't', 'Needed for the stated purpose.');
}

describe('From a new platform to rows and back, without a mouse', () => {
  it('keys alone connect, publish, ask, decide, accept, use and revoke', { timeout: 900_000 }, async () => {
    const world = await makeAdvertPlatform();
    await publishAdverts(world);
    const [consumer, steward] = await Promise.all([enterByKeys('consumer'), enterByKeys('steward')]);
    await lookAtOverlays(consumer);
    await readOnBehalf(world, consumer, steward);
    await askTwice(consumer, steward);
    const { own, table } = world;
    expect(await own.readUntil(table, 'rows')).toBe('rows');
    await waitForVerified(steward.page);
    await waitForVerified(consumer.page);
    await pressKeys(consumer.page, 'u');
    await consumer.page.getByText(`select * from ${table} limit 10;`).waitFor();
    await tabTo(consumer.page, /^Copy/);
    await revokeByKeys(steward.page, 'The comparison is done.');
    expect(await own.readUntil(table, refused)).toBe(refused);
    await consumer.page.getByText('You have no access yet').waitFor();
    expect([...consumer.problems, ...steward.problems]).toEqual([]);
  });
});

describe('What others gave before Stoa', () => {
  it('is planned over, filed for a second person, and withdrawn', { timeout: 900_000 }, async () => {
    await planTakeBack(await enter('governor', '/admin/connections/warehouse?tab=drift'));
  });
});

describe('A permission that a user admin gives', () => {
  it('waits for another user admin, who is shown it and confirms it', { timeout: 900_000 }, async () => {
    await changeByTwo(await enter('useradmin', '/admin/people'), () => enter('appadmin', '/inbox'));
  });
});

describe('A server that dies right after the click', () => {
  it('has lost nothing: the page recovers and the consumer reads', { timeout: 900_000 }, async () => {
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
