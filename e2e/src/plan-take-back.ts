import { expectSameAfterReload, inspectScreen } from './inspect-screen.ts';
import type { Visitor } from './visitor.ts';

/** A governor on the drift page plans over what others gave, files it, is told that it takes a second person, and withdraws it. */
export async function planTakeBack(governor: Visitor): Promise<void> {
  const { page } = governor;
  await page.getByRole('link', { name: 'Take back existing grants…' }).click();
  await inspectScreen(governor);
  await page.getByRole('radio', { name: 'Everything that is not protected' }).check();
  await page.getByRole('button', { name: 'Look and plan' }).click();
  await page.getByRole('table', { name: 'Grants that are taken back' }).getByRole('row').nth(1).waitFor();
  await inspectScreen(governor);
  await page.getByRole('button', { name: 'File this plan' }).click();
  await page.getByText('Say why these grants go.').waitFor();
  await page.getByRole('textbox', { name: 'Reason' }).fill('They are from before Stoa.');
  await page.getByRole('button', { name: 'File this plan' }).click();
  await page.getByText('Waits for a second person', { exact: true }).waitFor();
  await inspectScreen(governor);
  await expectSameAfterReload(governor);
  await page.getByRole('button', { name: /^Confirm and take back: .*second person/ }).waitFor();
  await page.getByRole('link', { name: 'All filed plans' }).click();
  await page.getByRole('table', { name: 'Filed plans' }).getByRole('link').first().waitFor();
  await inspectScreen(governor);
  await expectSameAfterReload(governor);
  await page.getByRole('table', { name: 'Filed plans' }).getByRole('link').first().click();
  await page.getByRole('textbox', { name: 'Why not' }).fill('Not before the quarter ends.');
  await page.getByRole('button', { name: 'Decline', exact: true }).click();
  await page.getByText('Declined by').waitFor();
  await inspectScreen(governor);
}
