import { expect } from 'vitest';
import { pressKeys, tabTo } from './by-keys.ts';
import { inspectScreen, settle } from './inspect-screen.ts';
import type { Visitor } from './visitor.ts';

/** The palette and the account's panel: reached by keys, no barrier while they are open, and closed by Escape. */
export async function lookAtOverlays(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  // The palette comes right after the shell, and before any hand is at the keys.
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.includes('/CommandPalette')),
  );
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
