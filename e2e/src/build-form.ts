import type { Page } from 'playwright-core';
import { settle } from './inspect-screen.ts';

/** Fills the builder with a form of three questions, by keyboard alone once it stands there. Making it is the next press. */
export async function draftForm(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Name of the form' }).fill(name);
  await page.getByRole('textbox', { name: 'Question', exact: true }).fill('What will you use the data for?');
  await addChoice(page, 'Where is your team?', ['Europe', 'North America', 'Elsewhere']);
}

/** Adds a question to choose from below the chosen one; Enter goes from option to option. */
export async function addChoice(page: Page, label: string, options: readonly string[]): Promise<void> {
  const add = page.getByRole('toolbar', { name: 'Add a question' }).getByRole('button', { name: 'Choose one' });
  await add.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Question', exact: true }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type(label);
  for (const [at, option] of options.entries()) {
    const field = page.getByRole('textbox', { name: `Option ${at + 1}`, exact: true });
    if (at > 0) await page.keyboard.press('Enter');
    await field.waitFor();
    await field.focus();
    await page.keyboard.type(option);
  }
}

/** Saves with the keys of the page and waits for the version that it makes. */
export async function saveForm(page: Page, version: number): Promise<void> {
  await page.keyboard.press('Control+s');
  await page.getByText(`Version ${version}`, { exact: true }).first().waitFor();
  await settle(page);
}
