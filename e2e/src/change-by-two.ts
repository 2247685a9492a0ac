import { expect } from 'vitest';
import { expectSameAfterReload, inspectScreen } from './inspect-screen.ts';
import type { Visitor } from './visitor.ts';

type Given = { readonly name: string; readonly permission: string };

async function give({ page }: Visitor, { name, permission }: Given): Promise<void> {
  await page.goto('/admin/people');
  await page.getByRole('link', { name, exact: true }).click();
  const rights = page.getByRole('region', { name: 'Global permissions' });
  await rights.getByRole('checkbox', { name: permission }).check();
  await rights.getByRole('button', { name: 'Save' }).click();
}

/** The only user admin makes another one at once; what they give from then on waits for that one, who is shown it and confirms it. */
export async function changeByTwo(first: Visitor, enterSecond: () => Promise<Visitor>): Promise<void> {
  await give(first, { name: 'Jonas Weber', permission: 'User admin' });
  await first.page.getByText('Given by Hélène Dupont').or(first.page.getByText('Saved')).first().waitFor();
  await give(first, { name: 'Tomasz Zieliński', permission: 'Audit' });
  await first.page.getByText('This waits for another user admin. Nothing is changed yet.').waitFor();
  await inspectScreen(first);
  await first.page.getByRole('link', { name: 'Open the change' }).click();
  await first.page.getByRole('heading', { name: 'Tomasz Zieliński' }).waitFor();
  await inspectScreen(first);
  await expectSameAfterReload(first);

  const second = await enterSecond();
  await second.page
    .getByRole('navigation')
    .getByRole('link', { name: /^People/ })
    .first()
    .click();
  await second.page.getByText('1 waits for you').waitFor();
  await inspectScreen(second);
  await second.page.getByRole('link', { name: 'Changes that wait for another user admin' }).click();
  await inspectScreen(second);
  await second.page.getByRole('table').getByRole('link', { name: 'Tomasz Zieliński' }).click();
  await second.page.getByRole('button', { name: 'Confirm and make it' }).click();
  await second.page.getByText('Confirmed by').waitFor();
  await inspectScreen(second);
  await expectSameAfterReload(second);
  await second.page.goto('/admin/people');
  await second.page.getByRole('link', { name: 'Tomasz Zieliński', exact: true }).click();
  expect(await second.page.getByRole('checkbox', { name: 'Audit' }).isChecked()).toBe(true);
}
