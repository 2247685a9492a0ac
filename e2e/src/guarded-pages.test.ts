import { hashPassword } from '@stoa/server/features/auth/password';
import { addPerson } from '@stoa/server/testing/people';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type HostileStoa, startHostileStoa } from './hostile/world.ts';
import { openVisitor, samplePassword, signInAt, signInHere } from './visitor.ts';

let stoa: HostileStoa;
let browser: Browser;

beforeAll(async () => {
  [stoa, browser] = await Promise.all([startHostileStoa({}), launchBrowser()]);
  const { db } = stoa.deps;
  await addPerson(stoa.deps, stoa.url, { username: 'second', name: 'Sam Long', permissions: ['GOVERNANCE'] });
  await db
    .updateTable('app_user')
    .set({ password_hash: await hashPassword(samplePassword) })
    .execute();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

it('who signed in long ago is asked for the password, and what they began goes on', { timeout: 120_000 }, async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/me/tokens', 'admin');
  const { db } = stoa.deps;
  // Long ago by any clock.
  await db.updateTable('session').set({ confirmed_at: '2001-01-01T00:00:00Z' }).execute();
  await page.getByRole('button', { name: 'Create a token' }).first().click();
  await page.getByLabel('Description').fill('Nightly export');
  const create = page.getByRole('button', { name: 'Create', exact: true });
  const password = page.getByLabel('Password');

  // Left alone, nothing is done, and the dialog below says why.
  await create.click();
  await password.waitFor();
  await expect.poll(() => password.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByText('This needs a login of the last ten minutes.').first().waitFor();
  await password.waitFor({ state: 'detached' });

  await create.click();
  await password.fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('The password is wrong.').first().waitFor();
  await password.fill(samplePassword);
  await page.keyboard.press('Enter');
  await page.getByText('Copy it now.').waitFor();
  const made = db.selectFrom('personal_access_token').where('description', '=', 'Nightly export').selectAll();
  expect(await made.execute()).toHaveLength(1);

  // The page goes on under its new cookie.
  await page.reload();
  await page.getByText('Nightly export').first().waitFor();
  const unexpected = visitor.problems.filter((problem) => !/status of (403|422)/.test(problem));
  expect(unexpected).toEqual([]);
  await visitor.close();
});

it('what a page may not run is refused by the browser, which tells the server by itself', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  await signInAt(visitor, '/me/tokens', 'admin');
  const answer = visitor.page.waitForResponse((one) => one.url().endsWith('/api/csp-report'));
  await visitor.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken over"';
    document.body.append(script);
  });
  expect((await answer).status()).toBe(204);
  expect(await visitor.page.title()).not.toBe('taken over');
  expect(visitor.problems.some((problem) => problem.includes('policy violation: script-src-elem'))).toBe(true);
  await visitor.close();
});

it('what somebody wrote and did not send outlives a reload, and is not there for who signs in after them', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/manage/agreements/new', 'admin');
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await name.fill('Half a thought');
  await page.reload();
  await expect.poll(() => name.inputValue()).toBe('Half a thought');

  await stoa.deps.db.deleteFrom('session').execute();
  await page.reload();
  await signInHere(page, 'second');
  await page.waitForURL('**/manage/agreements/new');
  await expect.poll(() => name.inputValue()).toBe('');
  await name.fill('Somebody else now');

  // A way out that fails says so; the one that succeeds takes along what was written.
  const leave = page.getByRole('button', { name: 'Sign out' });
  await page.route('**/api/auth/session', (route) => route.abort());
  await page.getByRole('button', { name: /Sam Long/ }).click();
  await leave.click();
  await page.getByText('The server did not answer.').waitFor();
  await page.unroute('**/api/auth/session');
  await leave.click();
  await page.waitForURL('**/login');
  const kept = () => Object.keys(sessionStorage).filter((key) => key.startsWith('stoa-'));
  expect(await page.evaluate(kept)).toEqual([]);
  expect(visitor.problems.filter((problem) => !/status of 401|ERR_FAILED/.test(problem))).toEqual([]);
  await visitor.close();
});
