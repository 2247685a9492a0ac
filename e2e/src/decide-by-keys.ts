import type { Page } from 'playwright-core';
import { choose, expectFocus, press, pressKeys, rowTo, tabTo, write } from './by-keys.ts';

/** Searches the marketplace and opens what is found. */
export async function findByKeys(page: Page, words: string, name: string): Promise<void> {
  await pressKeys(page, '/');
  await page.keyboard.type(words);
  await page.waitForURL((now) => now.searchParams.get('q') === words);
  await page.keyboard.press('Escape');
  await press(page, new RegExp(`^${name}$`));
  await page.waitForURL((now) => now.pathname.startsWith('/products/'));
}

type Asking = { question: RegExp; purpose: string; agreement: string; person?: string };

/** Fills in the page of a request and sends it; answers the id of the request, whose page is open afterwards. */
export async function askByKeys(page: Page, asking: Asking): Promise<string> {
  await page.waitForURL((now) => now.pathname.endsWith('/request'));
  if (asking.person !== undefined) await choose(page, /^Who will read the data/, asking.person);
  await write(page, asking.question, asking.purpose);
  await acceptByKeys(page, asking.agreement);
  await page.keyboard.press('Control+Enter');
  await page.waitForURL((now) => now.pathname.startsWith('/requests/'));
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

export const acceptByKeys = (page: Page, agreement: string): Promise<void> =>
  press(page, new RegExp(`^I accept “${agreement}”`), 'Space');

/** Opens a request from the queue, chooses by its letter, says why and sends. */
export async function decideByKeys(page: Page, id: string, choice: 'a' | 't' | 'd', reason: string): Promise<void> {
  await pressKeys(page, 'g', 'r');
  await page.waitForURL((now) => now.pathname === '/reviews');
  await rowTo(page, `/reviews/${id}`);
  await page.keyboard.press('Enter');
  await page.waitForURL((now) => now.pathname.startsWith('/reviews/'));
  await pressKeys(page, choice, 'r');
  await page.keyboard.type(reason);
  await page.keyboard.press('Control+Enter');
  const decided = choice === 'd' ? 'Denied' : 'Approved';
  await page.locator('header').getByText(decided).waitFor();
  await expectFocus(page);
}

/** Takes back what was approved, from the page on which it was decided; the first thought is left with Escape. */
export async function revokeByKeys(page: Page, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: /^Revoke / });
  await press(page, /^Revoke access/);
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Revoke access' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await tabTo(page, /^Reason/);
  await page.keyboard.type(reason);
  await press(page, /^Revoke access/);
  await dialog.waitFor({ state: 'hidden' });
  await expectFocus(page);
}
