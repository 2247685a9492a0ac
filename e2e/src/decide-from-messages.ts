import type { MailServer } from '@stoa/server/features/notification/mail-server.fixture';
import { until } from '@stoa/server/testing/until';
import type { Page } from 'playwright-core';

/** Sets the mail server up as an administrator does: tried with a message to oneself, then kept. */
export async function connectMail(page: Page, port: number): Promise<void> {
  await page.getByLabel('Mail server').fill('127.0.0.1');
  await page.getByLabel('Port').fill(String(port));
  await page.getByLabel('Security').selectOption({ label: 'None: for a server beside Stoa' });
  await page.getByLabel('Sender', { exact: true }).fill('Stoa of the journey');
  await page.getByLabel('Sender address').fill('stoa@example.com');
  await page.getByRole('button', { name: 'Send a test to me' }).click();
  await page.getByText(/^It works:/).waitFor();
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.getByRole('button', { name: 'Forget the mail server' }).waitFor();
}

/** The path of the link in the mail that asks for a decision on this request. */
export async function linkFromMail(mail: MailServer, requestId: string): Promise<string> {
  const text = await until(async () =>
    mail.received.map((one) => one.mail.text ?? '').find((one) => one.includes(`/reviews/${requestId}`)),
  );
  const link = /https?:\/\/\S+\/reviews\/\w+/.exec(text)?.[0] ?? '';
  return new URL(link).pathname;
}
