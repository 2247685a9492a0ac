import { expect } from 'vitest';
import { pressKeys, tabTo } from './by-keys.ts';
import { inspectScreen, settle } from './inspect-screen.ts';
import type { Visitor } from './visitor.ts';

/** The palette and the account's panel: reached by keys, no barrier while they are open, and closed by Escape. */
export async function lookAtOverlays(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  // Whoever knows the command types it at once, also while the palette is still on its way.
  let hasTyped = (): void => undefined;
  const typed = new Promise<void>((resolve) => {
    hasTyped = resolve;
  });
  await page.route('**/CommandPalette*', async (route) => {
    await typed;
    await route.continue();
  });
  await page.reload();
  await settle(page);
  const before = page.url();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('my acx');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('c');
  expect(page.url()).toBe(before);
  hasTyped();
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await expect.poll(() => palette.getByRole('combobox').inputValue()).toBe('my acc');
  await palette.getByRole('option', { name: /^My access/ }).waitFor();
  await page.unroute('**/CommandPalette*');
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
