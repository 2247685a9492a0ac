import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { askForProduct, draftApproval, draftProduct, revokeHere, waitForVerified } from './ask-and-decide.ts';
import { launchBrowser } from './browser.ts';
import { addChoice, draftForm, saveForm } from './build-form.ts';
import { settle } from './inspect-screen.ts';
import { makeHistory } from './make-history.ts';
import { LocalSlack } from '@stoa/server/testing/slack';
import { type Stoa, startStoa } from './start-stoa.ts';
import { takeIdentificationPictures } from './take-identification-pictures.ts';
import { takeTagPictures } from './take-tag-pictures.ts';
import { openVisitor, signInAt, signInHere, type Visitor } from './visitor.ts';

const folder = join(import.meta.dirname, '../../docs/pictures');
type Shot = (page: Page, name: string, height?: number) => Promise<void>;

/** Retakes every picture of the documentation from a fresh sample: `npm run pictures`. */
async function takePictures(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const slack = new LocalSlack();
  await slack.start();
  const [stoa, browser] = await Promise.all([startStoa(slack.env), launchBrowser()]);
  try {
    await takeJourney(stoa, browser);
    await takePlatform(stoa, browser);
    await takeForms(stoa, browser);
    await takeAgreement(stoa, browser);
    await takeFlow(stoa, browser);
    await takeLinks(stoa, browser);
    await takeTags(stoa, browser);
    await takeAssist(stoa, browser);
    await takePolicy(stoa, browser);
    await takeSlack(stoa, browser, slack);
  } finally {
    await browser.close();
    await stoa.stop();
    await slack.stop();
  }
}

/** The visible part of the page, 1440 wide, light, without the pointer over anything. */
const shoot: Shot = async (page, name, height = 900) => {
  await page.setViewportSize({ width: 1440, height });
  await page.mouse.move(0, 0);
  await page.evaluate(() => window.scrollTo(0, 0));
  await settle(page);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  process.stdout.write(`${name}.png\n`);
};

async function takeSlack(stoa: Stoa, browser: Browser, slack: LocalSlack): Promise<void> {
  const visitor = await openVisitor(browser, stoa.url);
  await signInAt(visitor, '/admin/settings/slack', 'appadmin');
  const { page } = visitor;
  await page.getByLabel('Client ID').fill(slack.clientId);
  await page.getByRole('textbox', { name: 'Client Secret' }).fill(slack.clientSecret);
  await page.getByRole('textbox', { name: 'Signing Secret' }).fill(slack.signingSecret);
  await page.getByRole('button', { name: 'Store', exact: true }).click();
  await page.getByRole('button', { name: 'Add to Slack' }).click();
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('Slack answers').first().waitFor();
  await shoot(page, 'slack-settings', 1000);
  await visitor.close();
}

async function takePolicy(stoa: Stoa, browser: Browser): Promise<void> {
  const visitor = await openVisitor(browser, stoa.url);
  await signInAt(visitor, '/govern/policies/new?type=subscription', 'governor');
  const { page } = visitor;
  await page.getByRole('textbox', { name: 'Name' }).fill('Marketing reads sales');
  await page.getByRole('combobox', { name: 'Group' }).click();
  await page.getByRole('option', { name: 'Marketing Analytics' }).click();
  await page.getByRole('combobox', { name: 'On which data sources' }).selectOption('object');
  await page.getByRole('combobox', { name: 'Connection' }).selectOption('warehouse');
  await page.getByRole('textbox', { name: 'database.schema.table' }).fill('warehouse.sales');
  await page.getByRole('region', { name: /gains/ }).waitFor();
  await page.getByRole('button', { name: 'Show the native statements' }).click();
  await page.getByRole('button', { name: 'Copy' }).waitFor();
  await shoot(page, 'write-policy');
}

async function takeJourney(stoa: Stoa, browser: Browser): Promise<void> {
  const enter = async (username: string, path: string): Promise<Visitor> => {
    const visitor = await openVisitor(browser, stoa.url);
    await signInAt(visitor, path, username);
    return visitor;
  };
  const { page: consumer } = await enter('consumer', '/');
  await shoot(consumer, 'marketplace');
  await consumer.goto('/products/customer-360');
  await shoot(consumer, 'product');
  await consumer.getByRole('link', { name: /^Request/ }).click();
  await consumer
    .getByRole('textbox', { name: /what will you use this data for/ })
    .fill('I measure how many customers come back after a return.');
  await shoot(consumer, 'ask', 1000);
  await consumer.goto('/products/customer-360');
  const id = await askForProduct(consumer, 'I measure how many customers come back after a return.');

  const { page: steward } = await enter('steward', '/reviews');
  await shoot(steward, 'queue', 620);
  await steward.goto(`/reviews/${id}`);
  await settle(steward);
  await draftApproval(steward, 'Needed for the stated purpose; the segment report ends in a month.');
  await shoot(steward, 'review', 1160);
  await steward.getByRole('button', { name: 'Approve for 30 days' }).click();
  await waitForVerified(steward);
  await shoot(steward, 'review-decided', 900);
  await waitForVerified(consumer);
  await shoot(consumer, 'request', 900);
  await consumer.goto('/me/access');
  await shoot(consumer, 'my-access', 760);
  await consumer.goto('/products/customer-360?tab=use');
  await shoot(consumer, 'use', 900);
  await revokeHere(steward, 'The report is finished.');

  const { page: manager } = await enter('manager', '/manage/products/new');
  await settle(manager);
  await draftProduct(manager, {
    name: 'Stores and prices',
    domain: 'Sales',
    sources: ['warehouse.sales.stores', 'warehouse.sales.price_history'],
    steward: 'Ingrid Bauer',
  });
  await shoot(manager, 'publish', 1000);
}

async function takePlatform(stoa: Stoa, browser: Browser): Promise<void> {
  const admin = await openVisitor(browser, stoa.url);
  await signInAt(admin, '/admin/connections/warehouse', 'appadmin');
  await shoot(admin.page, 'connection', 1000);
  await admin.page.goto('/admin/connections/warehouse?tab=drift');
  await shoot(admin.page, 'drift', 560);
  const governor = await openVisitor(browser, stoa.url);
  await signInAt(governor, '/audit', 'governor');
  await shoot(governor.page, 'audit');
}

/** A form as a governor builds it, with what saving would change. */
async function takeForms(stoa: Stoa, browser: Browser): Promise<void> {
  const { page } = await openVisitorAs(stoa, browser, 'governor', '/manage/forms/new');
  await draftForm(page, 'Customer data');
  await saveForm(page, 1);
  await addChoice(page, 'How will you store it?', ['In the warehouse', 'In a notebook']);
  await page.getByText('What saving changes').waitFor();
  await settle(page);
  await shoot(page, 'form', 1000);
}

/** An agreement beside what people will read, and what its next version would change. */
async function takeAgreement(stoa: Stoa, browser: Browser): Promise<void> {
  const rules = '- Use it for the stated purpose only.\n- Do not copy it out of the warehouse.';
  const text = (more: string) => `## Handling customer data\n\n${rules}${more}\n\nQuestions go to the governance team.`;
  const { page } = await openVisitorAs(stoa, browser, 'governor', '/manage/agreements/new');
  const body = page.getByRole('textbox', { name: 'Text, in Markdown' });
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Handling customer data');
  await body.fill(text(''));
  await page.getByRole('button', { name: 'Publish version 1' }).click();
  await page.getByRole('button', { name: 'Publish version 2' }).waitFor();
  await settle(page);
  await body.fill(text('\n- Delete extracts after 30 days.'));
  await page.getByText('What this version changes').waitFor();
  await shoot(page, 'agreement', 1040);
}

/** A flow as sentences; tried with a steward who asks, so that one stage is left with nobody. */
async function takeFlow(stoa: Stoa, browser: Browser): Promise<void> {
  const { page } = await openVisitorAs(stoa, browser, 'governor', '/manage/flows');
  await page.getByRole('link', { name: 'Workforce basics', exact: true }).click();
  await page.waitForURL((now) => now.pathname.startsWith('/manage/flows/'));
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('combobox', { name: 'Add a condition…' }).selectOption('the beneficiary’s groups');
  await page.getByRole('combobox', { name: 'Group', exact: true }).fill('Marketing');
  await page.getByRole('option', { name: 'Marketing Analytics' }).click();
  await page.getByRole('combobox', { name: 'What happens' }).first().selectOption('approve');
  await page.getByRole('textbox', { name: 'Why nobody has to look at it' }).fill('Agreed for the yearly headcount.');
  await page.getByRole('button', { name: 'Close Rule 1' }).click();
  await page.getByRole('combobox', { name: 'Who asks' }).fill('Ingrid');
  await page.getByRole('option', { name: /Ingrid Bauer/ }).click();
  await page.getByText('Nobody could decide this now.').waitFor();
  await shoot(page, 'review-flow', 860);
}

/** What a link of a catalog leads to, and what governors see of one that leads to nothing known. */
async function takeLinks(stoa: Stoa, browser: Browser): Promise<void> {
  const purpose = 'I compare what the campaigns cost with what they brought.';
  const known = '/request?fullyQualifiedName=warehouse.sales.campaigns&technology=PostgreSQL';
  const { page } = await openVisitor(browser, stoa.url);
  await page.goto(known);
  await signInHere(page, 'consumer');
  await page.waitForURL((now) => now.pathname.endsWith('/request'));
  await page.getByRole('textbox', { name: /what will you use this data for/ }).fill(purpose);
  await page.getByText('If approved as asked').waitFor();
  await shoot(page, 'link-asked', 720);
  for (const name of ['lake.raw.web_events', 'lake.raw.ad_clicks']) {
    await page.goto(`/request?fullyQualifiedName=${name}&technology=PostgreSQL&host=lake.example.com&assetType=table`);
    await page.getByRole('textbox', { name: /what will you use this data for/ }).fill(purpose);
    await page.getByRole('button', { name: 'Submit the request' }).click();
    await page.waitForURL((now) => now.pathname.startsWith('/requests/'));
  }
  const { page: governor } = await openVisitorAs(stoa, browser, 'governor', '/admin/requested-assets');
  await shoot(governor, 'unregistered', 620);
}

async function takeTags(stoa: Stoa, browser: Browser): Promise<void> {
  const { page } = await openVisitorAs(stoa, browser, 'governor', '/govern/tags');
  await takeTagPictures(page, shoot);
  await takeIdentificationPictures(page, shoot);
}

async function openVisitorAs(stoa: Stoa, browser: Browser, username: string, path: string): Promise<Visitor> {
  const visitor = await openVisitor(browser, stoa.url);
  await signInAt(visitor, path, username);
  return visitor;
}

/** Last, since it fills the queue: review assist once there is something to learn from. */
async function takeAssist(stoa: Stoa, browser: Browser): Promise<void> {
  const id = await makeHistory(stoa.url, 'Finance ledger');
  const visitor = await openVisitor(browser, stoa.url);
  await signInAt(visitor, `/reviews/${id}`, 'steward');
  const { page } = visitor;
  await settle(page);
  await page.setViewportSize({ width: 1440, height: 720 });
  await page.mouse.move(0, 0);
  await page.getByRole('region', { name: 'Review assist' }).evaluate((block) => {
    block.scrollIntoView();
    window.scrollBy(0, -130);
  });
  await settle(page);
  await page.screenshot({ path: join(folder, 'review-assist.png'), animations: 'disabled' });
  process.stdout.write('review-assist.png\n');
}

await takePictures();
