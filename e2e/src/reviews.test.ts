import { hashPassword } from '@stoa/server/features/auth/password';
import { askedId, decide, makeProduct } from '@stoa/server/features/access-request/requests.fixture';
import { addPerson, type TestPerson } from '@stoa/server/testing/people';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type HostileStoa, startHostileStoa } from './hostile/world.ts';
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
