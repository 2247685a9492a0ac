import { updateApplicationSettings } from '@stoa/contract/settings';
import { createUser } from '@stoa/contract/user';
import { hashPassword } from '@stoa/server/features/auth/password';
import { codeOfStep, stepAt } from '@stoa/server/features/second-factor/totp';
import { LocalProvider } from '@stoa/server/testing/local-provider';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readIdentityProvider } from '@stoa/contract/identity-provider';
import { launchBrowser } from './browser.ts';
import { type HostileStoa, startHostileStoa } from './hostile/world.ts';
import { inspectScreen } from './inspect-screen.ts';
import { openVisitor, samplePassword, signInAt, signInHere, type Visitor } from './visitor.ts';

const provider = new LocalProvider();
let stoa: HostileStoa;
let browser: Browser;

beforeAll(async () => {
  await provider.start();
  provider.accounts.set('sub-ana', { sub: 'sub-ana', preferred_username: 'ana', name: 'Ana Lima', groups: [] });
  [stoa, browser] = await Promise.all([startHostileStoa(provider.env), launchBrowser()]);
  await stoa.deps.db
    .updateTable('app_user')
    .set({ password_hash: await hashPassword(samplePassword) })
    .execute();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
  await provider.stop();
});

/** Says there who one is. */
async function signInThere(page: Page): Promise<void> {
  await page.getByLabel('Account').fill('sub-ana');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Switches SCIM on, has the directory make somebody, and looks at what is said of them; then a new token, and off again. */
async function letDirectoryKeepPeople(admin: Visitor): Promise<void> {
  const { page } = admin;
  await page.getByRole('button', { name: 'Switch SCIM on' }).click();
  const shown = page.getByRole('button', { name: /^Copy stoa_scim_/ });
  const token = /Copy (stoa_scim_[\w-]+)/.exec((await shown.textContent()) ?? '')?.[1] ?? '';
  await inspectScreen(admin);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  const body = JSON.stringify({ userName: 'dora', displayName: 'Dora Lind', externalId: 'sub-dora' });
  const made = await fetch(`${stoa.url}/api/scim/v2/Users`, { method: 'POST', headers, body });
  expect(made.status).toBe(201);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByRole('button', { name: 'Make a new token' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make a new token' }).click();
  await shown.waitFor();
  expect((await fetch(`${stoa.url}/api/scim/v2/Users`, { headers })).status).toBe(401);
  await page.getByText('1 person, no groups').waitFor();
  const { id } = (await made.json()) as { id: string };
  await page.goto(`/admin/people/${id}`);
  await page.getByText('keeps this person over SCIM').waitFor();
  await inspectScreen(admin);
  await page.goBack();
  await page.getByRole('button', { name: 'Switch SCIM off' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch SCIM off' }).click();
  await page.getByRole('button', { name: 'Switch SCIM on' }).waitFor();
}

it('an administrator registers a provider, and people land where they were going', { timeout: 300_000 }, async () => {
  const admin = await openVisitor(browser, stoa.url);
  await signInAt(admin, '/admin/settings/sso', 'admin');
  await inspectScreen(admin);
  const { page } = admin;
  await page.getByRole('link', { name: 'Register a provider' }).click();
  await page.getByRole('textbox', { name: /^Id/ }).fill('works');
  await page.getByRole('textbox', { name: /^Name/ }).first().fill('Works');
  await page.getByLabel('Issuer').fill(provider.issuer);
  await page.getByLabel('Client ID').fill(provider.clientId);
  await page.getByRole('textbox', { name: 'Client secret' }).fill(provider.clientSecret);
  await page.getByLabel('Whoever nobody here knows yet').selectOption('create');
  await page.getByRole('switch', { name: 'People may sign in by it' }).click();
  await inspectScreen(admin);
  await page.getByRole('button', { name: 'Register a provider' }).click();
  await page.getByText('/api/auth/oidc/works/callback').first().waitFor();
  const made = await stoa.admin.call(readIdentityProvider, { params: { id: 'works' } });
  provider.register(made.body);
  await page.getByRole('button', { name: 'Test the provider' }).click();
  await page.getByText('The provider can be used.').first().waitFor();
  await inspectScreen(admin);
  await letDirectoryKeepPeople(admin);
  expect(admin.problems).toEqual([]);

  const visitor = await openVisitor(browser, stoa.url);
  await visitor.page.goto('/me/tokens?from=a-link');
  await visitor.page.getByRole('button', { name: 'Continue with Works' }).waitFor();
  await inspectScreen(visitor);
  await visitor.page.getByRole('button', { name: 'Continue with Works' }).click();
  await signInThere(visitor.page);
  await visitor.page.waitForURL((now) => now.pathname + now.search === '/me/tokens?from=a-link');
  await visitor.page.getByText('Ana Lima').first().waitFor();

  const elsewhere = `a call to ${provider.issuer}`;
  expect(visitor.problems.filter((problem) => problem !== elsewhere)).toEqual([]);

  // Long ago by any clock: what needs a fresh login is confirmed at the provider, in a tab beside.
  await stoa.deps.db.updateTable('session').set({ confirmed_at: '2001-01-01T00:00:00Z' }).execute();
  await visitor.page.getByRole('button', { name: 'Create a token' }).first().click();
  await visitor.page.getByLabel('Description').fill('Nightly export');
  await visitor.page.getByRole('button', { name: 'Create', exact: true }).click();
  const beside = visitor.page.context().waitForEvent('page');
  await visitor.page.getByRole('link', { name: 'Confirm at Works' }).click();
  const tab = await beside;
  await signInThere(tab);
  await tab.getByRole('heading', { name: 'Confirmed' }).waitFor();
  await visitor.page.getByText('Copy it now.').waitFor();

  const late = await openVisitor(browser, stoa.url);
  await late.page.goto('/login?failure=auth.username_taken&providerCode=access_denied');
  await late.page.getByText('belongs to an account that is not linked').waitFor();
  await inspectScreen(late);
  for (const one of [admin, visitor, late]) await one.close();
});

/** What the page shows to be typed into an app. */
async function shownSecret(page: Page): Promise<string> {
  const text = (await page.getByRole('main').textContent()) ?? '';
  return /(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec(text)?.[0].replaceAll(' ', '') ?? '';
}
const codeAfter = (secret: string, steps: number) => codeOfStep(secret, stepAt(Date.now() / 1000) + steps);

/** The browser notes on its console what the page was refused because it had to be asked. */
function withoutRefusals({ problems }: Visitor): void {
  const refusal = /(401|403|422).*\/api\/auth\/(session|second-factor)/;
  problems.splice(0, problems.length, ...problems.filter((problem) => !refusal.test(problem)));
}

it('a second factor is set up with the secret shown, and asked for from then on', { timeout: 300_000 }, async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/me/account', 'admin');
  await page.getByRole('button', { name: 'Set up a second factor' }).click();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await inspectScreen(visitor);
  const secret = await shownSecret(page);
  await page.getByRole('textbox', { name: 'Code' }).fill('no code');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByText('It is no code of now').waitFor();
  withoutRefusals(visitor);
  await page.getByRole('textbox', { name: 'Code' }).fill(codeAfter(secret, 0));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await codes.first().waitFor();
  await inspectScreen(visitor);
  const [first = '', second = ''] = await codes.allTextContents();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('10 recovery codes are left').waitFor();
  await inspectScreen(visitor);

  await page.context().clearCookies();
  await page.goto('/me/tokens?from=a-link');
  await signInHere(page, 'admin');
  await page.getByText('Your password is right').waitFor();
  withoutRefusals(visitor);
  await inspectScreen(visitor);
  await page.getByRole('textbox', { name: 'Code' }).fill(codeAfter(secret, 1));
  await page.keyboard.press('Enter');
  await page.waitForURL((now) => now.pathname + now.search === '/me/tokens?from=a-link');

  await stoa.deps.db.updateTable('session').set({ confirmed_at: '2001-01-01T00:00:00Z' }).execute();
  await page.goto('/me/account');
  await page.getByRole('button', { name: 'New recovery codes' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'New recovery codes' }).click();
  const question = page.getByRole('dialog', { name: 'Is it you?' });
  await question.getByLabel('Password').fill(samplePassword);
  await question.getByRole('button', { name: 'Use a recovery code' }).click();
  await question.getByRole('textbox', { name: 'Recovery code' }).fill(first);
  await question.getByRole('button', { name: 'Confirm and go on' }).click();
  await codes.first().waitFor();
  expect(await codes.allTextContents()).not.toContain(second);

  // Where it is asked of everybody, whoever has none sets it up before anything else.
  await stoa.admin.call(updateApplicationSettings, { body: { secondFactorForLocalAccounts: true } });
  const password = 'a long enough password';
  const made = { username: 'asker', name: 'Asa Roth', email: 'asker@example.com', password };
  expect((await stoa.admin.call(createUser, { body: made })).status).toBe(201);
  const asker = await openVisitor(browser, stoa.url);
  await asker.page.goto('/me/tokens');
  await signInHere(asker.page, 'asker', password);
  await asker.page.getByRole('button', { name: 'Set up a second factor' }).click();
  await asker.page.getByRole('img', { name: /QR code/ }).waitFor();
  await inspectScreen(asker);
  await asker.page.reload();
  await asker.page.getByRole('button', { name: 'Sign out' }).click();
  await signInHere(asker.page, 'asker', password);
  await asker.page.getByRole('button', { name: 'Set up a second factor' }).click();
  await asker.page.getByRole('img', { name: /QR code/ }).waitFor();
  await asker.page.getByRole('textbox', { name: 'Code' }).fill(codeAfter(await shownSecret(asker.page), 0));
  await asker.page.getByRole('button', { name: 'Turn it on' }).click();
  await asker.page.getByRole('button', { name: 'I have kept them, go on' }).click();
  await asker.page.waitForURL((now) => now.pathname === '/me/tokens');
  await asker.page.getByRole('heading', { name: 'Tokens' }).waitFor();
  for (const one of [visitor, asker]) {
    withoutRefusals(one);
    expect(one.problems).toEqual([]);
    await one.close();
  }
});
