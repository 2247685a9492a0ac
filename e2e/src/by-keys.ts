import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { settle } from './inspect-screen.ts';
import { samplePassword, type Visitor } from './visitor.ts';

/** More stops than any screen has from one end to the other. */
const mostStops = 90;

const nameOfFocus = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const one = document.activeElement;
    const isField =
      one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement;
    const labels = isField ? one.labels : null;
    return one?.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? one?.textContent ?? '';
  });

/** Somebody who is writing has the screen before them. */
const isWriting = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.activeElement?.matches('main :is(input, textarea, select)') === true);

async function goTo(page: Page, key: string, name: RegExp): Promise<void> {
  // A new screen takes the focus to its heading once it stands; nobody types before they see it.
  if (!(await isWriting(page))) await settle(page);
  const passed: string[] = [];
  while (passed.length < mostStops) {
    const stop = await nameOfFocus(page);
    if (name.test(stop)) return;
    passed.push(stop.slice(0, 60));
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${name} on ${page.url()}, but to ${passed.join(' | ')}`);
}

/** Goes on with Tab until the focus stands on what is called so, the way somebody without a mouse does. */
export const tabTo = (page: Page, name: RegExp): Promise<void> => goTo(page, 'Tab', name);

/** Goes down among choices with the arrow. */
export const arrowTo = (page: Page, name: RegExp): Promise<void> => goTo(page, 'ArrowDown', name);

/** Goes down a list with `j` until the focus stands on the link to there. */
export async function rowTo(page: Page, path: string): Promise<void> {
  await settle(page);
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('j');
    const href = await page.evaluate(() => document.activeElement?.getAttribute('href') ?? '');
    if (href.startsWith(path)) return;
  }
  throw new Error(`j does not lead to ${path} on ${page.url()}`);
}

/** Types keys of the app after each other, once the screen stands. */
export async function pressKeys(page: Page, ...keys: readonly string[]): Promise<void> {
  await settle(page);
  for (const key of keys) await page.keyboard.press(key);
}

/** Goes to a field and writes there, over what stands in it. */
export async function write(page: Page, field: RegExp, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Goes to a button, link or box and presses it. */
export async function press(page: Page, control: RegExp, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, control);
  await page.keyboard.press(key);
}

/** Finds by typing and takes what is found. */
export async function choose(page: Page, field: RegExp, text: string): Promise<void> {
  await write(page, field, text);
  await page.getByRole('option', { name: text }).first().waitFor();
  await settle(page);
  await page.keyboard.press('Enter');
}

/** After an act the focus stands somewhere: whoever has no pointer goes on from there. */
export async function expectFocus(page: Page): Promise<void> {
  await settle(page);
  await expect
    .poll(() => page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body))
    .toBe(true);
}

/** Opens the palette, and in it what is called so. */
export async function runCommand(page: Page, words: string, path: string): Promise<void> {
  await settle(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type(words);
  await page.getByRole('dialog', { name: 'Commands' }).getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL((now) => now.pathname === path);
}

export async function signInByKeys({ page }: Visitor, username: string, path = '/'): Promise<void> {
  await page.goto(path);
  await page.waitForURL((now) => now.pathname === '/login');
  await tabTo(page, /^User name/);
  await page.keyboard.type(username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(samplePassword);
  await page.keyboard.press('Enter');
  await page.waitForURL((now) => now.pathname !== '/login');
}
