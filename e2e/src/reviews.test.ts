import { hashPassword } from '@stoa/server/features/auth/password';
import { askedId, decide, makeProduct } from '@stoa/server/features/access-request/requests.fixture';
import { addPerson, type TestPerson } from '@stoa/server/testing/people';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type HostileStoa, startHostileStoa } from './hostile/world.ts';
import { inspectScreen } from './inspect-screen.ts';
import { openVisitor, samplePassword, signInAt } from './visitor.ts';

let stoa: HostileStoa;
let browser: Browser;
let asker: TestPerson;

beforeAll(async () => {
  [stoa, browser] = await Promise.all([startHostileStoa({}), launchBrowser()]);
  asker = await addPerson(stoa.deps, stoa.url, { username: 'asker', name: 'Mia Vogel' });
  await stoa.deps.db
    .updateTable('app_user')
    .set({ password_hash: await hashPassword(samplePassword) })
    .execute();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

const asked = async () => askedId(asker, await makeProduct(stoa, stoa.admin));
const currentView = (page: Page) => page.getByRole('navigation', { name: 'Requests' }).locator('[aria-current=page]');

it('a filter value that is none is left out and told, and a decided status is not looked for among what waits', async () => {
  const waiting = await asked();
  const approved = await asked();
  await decide(stoa.admin, approved, 'APPROVED');
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  const row = (id: string) => page.getByRole('main').locator(`a[href*="/reviews/${id}"]`);
  await signInAt(visitor, '/', 'admin');
  await page.goto('/reviews?status=BOGUS&dataProductId=x');
  const notes = page.getByText('The list is shown without it.');
  await notes.first().waitFor();
  expect(await notes.allTextContents()).toHaveLength(2);
  await page.getByText('“BOGUS”').waitFor();
  await page.waitForURL((now) => now.search === '');
  await row(waiting).first().waitFor();
  await page.getByRole('button', { name: 'Close this note' }).first().click();
  await expect.poll(() => notes.count()).toBe(1);

  await page.goto('/reviews?status=APPROVED');
  await row(approved).first().waitFor();
  expect(await currentView(page).textContent()).toBe('All');
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});

it('a list is saved as a view by keys, opened again by two of them, and removed', async () => {
  const decided = await asked();
  await decide(stoa.admin, decided, 'APPROVED');
  const waiting = await asked();
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/reviews?status=APPROVED&sortBy=createdAt&sortOrder=asc&offset=0', 'admin');
  const row = (id: string) => page.locator(`[data-request-id="${id}"]`);
  await row(decided).first().waitFor();
  await page.keyboard.press('v');
  await page.getByText('None yet.').waitFor();
  await page.getByLabel('Name for what is shown now').fill('What I let through');
  await page.keyboard.press('Enter');
  const saved = page.getByRole('link', { name: 'What I let through' });
  await saved.waitFor();
  await inspectScreen(visitor);
  await page.goto('/reviews');
  await row(waiting).first().waitFor();
  await page.keyboard.press('v');
  await saved.waitFor();
  await expect.poll(() => saved.evaluate((link) => link === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await page.waitForURL((now) => now.search === '?status=APPROVED&sortBy=createdAt&sortOrder=asc');
  await row(decided).first().waitFor();
  await page.keyboard.press('v');
  await page.getByRole('button', { name: 'Remove the view What I let through' }).click();
  await page.getByText('None yet.').waitFor();
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});

it('Escape leaves the reason with its text, and the keys of the page are heard again', async () => {
  const id = await asked();
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, `/reviews/${id}`, 'admin');
  const reason = page.getByRole('textbox', { name: /^Reason/ });
  await reason.waitFor();
  await page.getByRole('button', { name: 'Review assist' }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.tagName);
  await page.keyboard.press('r');
  await page.keyboard.type('jolly good');
  expect(await focused()).toBe('TEXTAREA');
  await page.keyboard.press('Escape');
  expect(await focused()).toBe('BODY');
  await page.keyboard.press('j');
  expect(await focused()).toBe('BUTTON');
  expect(await reason.inputValue()).toBe('jolly good');
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});

it('a request is put aside by a key, and brought back from where it waits', async () => {
  const id = await asked();
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/reviews', 'admin');
  const row = page.getByRole('main').locator(`a[data-request-id="${id}"]`);
  await row.focus();
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog', { name: /^Put the request of .* aside$/ });
  await dialog.getByRole('button', { name: /^For a week: / }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Put aside', exact: true }).click();
  await row.waitFor();
  await inspectScreen(visitor);
  await row.click();
  await page.getByText(/^You put it aside until /).waitFor();
  await inspectScreen(visitor);
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Put aside…' }).waitFor();
  await page.goto('/reviews');
  await row.waitFor();
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});

it('several like requests are decided on one sheet, by keys, and what is refused stays selected and says why', {
  timeout: 180_000,
}, async () => {
  const product = await makeProduct(stoa, stoa.admin);
  const people: TestPerson[] = [];
  const { db } = stoa.deps;
  const group = await db.insertInto('user_group').values({ name: 'Readers' }).returning('id').executeTakeFirstOrThrow();
  for (let n = 0; n < 10; n++) {
    const person = await addPerson(stoa.deps, stoa.url, { username: `reader${n}`, name: `Reader ${n}` });
    await db.insertInto('group_member').values({ group_id: group.id, global_user_id: person.globalUserId }).execute();
    people.push(person);
  }
  for (const person of people.slice(0, 6)) await decide(stoa.admin, await askedId(person, product), 'APPROVED');
  const ids: string[] = [];
  for (const person of people.slice(6)) ids.push(await askedId(person, product));
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  const queue = `/reviews?dataProductId=${product.id}`;
  await signInAt(visitor, queue, 'admin');
  // One that nobody like it has asked for before.
  await askedId(asker, product);
  await page.reload();
  const box = (name: string | RegExp) => page.getByRole('checkbox', { name });
  await box(/^Select the request of Reader 6/).waitFor();
  const refused = box(/^The request of Mia Vogel .* cannot be selected: Its risk is high/);
  await refused.click({ force: true });
  expect(await refused.isChecked()).toBe(false);
  await page.getByRole('link', { name: 'Reader 6' }).focus();
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await page.getByRole('button', { name: 'Select 3 more like it' }).click();
  await page.getByText('4 selected').waitFor();
  await inspectScreen(visitor);

  // Somebody else is faster on one of them.
  await decide(stoa.admin, ids[1] ?? '', 'APPROVED');
  // A box is no text field: the keys of the page are heard while one stands on it.
  await box(/^Select the request of Reader 6/).focus();
  await page.keyboard.press('d');
  const sheet = page.getByRole('dialog');
  const items = sheet.getByRole('list', { name: 'The requests' }).getByRole('link');
  await items.nth(3).waitFor();
  expect(await items.count()).toBe(4);
  await sheet.getByText('Quarterly report on claims.').waitFor();
  await sheet.getByRole('button', { name: 'Show the statements' }).click();
  await sheet.getByText(/^Nothing would run now for/).waitFor();
  const send = sheet.getByRole('button', { name: 'Approve 4 for 30 days' });
  await sheet.getByRole('radio', { name: 'Approve for a time' }).check();
  await sheet.getByText('30 days', { exact: true }).click();
  await send.click();
  await sheet.getByText('Write a reason.').waitFor();
  await sheet.getByRole('textbox', { name: /^Reason/ }).fill('The same team, the same use.');
  await inspectScreen(visitor);
  await send.click();
  await sheet.getByText('3 were decided, one was not.').waitFor();
  expect(await sheet.getByText('Approved', { exact: true }).count()).toBe(3);
  await sheet.getByText('Ada Berg approved this at').waitFor();
  await inspectScreen(visitor);
  await sheet.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('list', { name: 'Not decided, and still selected' }).getByText('Reader 7').waitFor();
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(queue);
  await inspectScreen(visitor);
  await page.getByRole('button', { name: 'Select none' }).click();
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});
