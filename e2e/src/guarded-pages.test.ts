import { createDataProduct, updateDataProduct } from '@stoa/contract/data-product';
import { createDomain, setDomainDataSources } from '@stoa/contract/domain';
import { createRequestForm, getRequestFormById, updateRequestForm } from '@stoa/contract/request-form';
import type { FormFlow } from '@stoa/contract/review-flow';
import { createWebhook, updateWebhook } from '@stoa/contract/webhook';
import { hashPassword } from '@stoa/server/features/auth/password';
import { addDataSources } from '@stoa/server/testing/data-sources';
import { addPerson } from '@stoa/server/testing/people';
import { givePolicy } from '@stoa/server/testing/policies';
import type { Browser, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type HostileStoa, startHostileStoa } from './hostile/world.ts';
import { inspectScreen, settle } from './inspect-screen.ts';
import { openVisitor, samplePassword, signInAt, signInHere } from './visitor.ts';

let stoa: HostileStoa;
let browser: Browser;

beforeAll(async () => {
  [stoa, browser] = await Promise.all([startHostileStoa({}), launchBrowser()]);
  const { db } = stoa.deps;
  await addPerson(stoa.deps, stoa.url, { username: 'second', name: 'Sam Long', permissions: ['GOVERNANCE'] });
  await addPerson(stoa.deps, stoa.url, { username: 'third', name: 'Tess Roth', permissions: ['APPLICATION_ADMIN'] });
  await db
    .updateTable('app_user')
    .set({ password_hash: await hashPassword(samplePassword) })
    .execute();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await stoa?.stop();
});

it('who signed in long ago is asked for the password, and what they began goes on', { timeout: 300_000 }, async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/me/tokens', 'admin');
  const { db } = stoa.deps;
  // Long ago by any clock.
  await db.updateTable('session').set({ confirmed_at: '2001-01-01T00:00:00Z' }).execute();
  await page.getByRole('button', { name: 'Create a token' }).first().click();
  await page.getByLabel('Description').fill('Nightly export');
  const create = page.getByRole('button', { name: 'Create', exact: true });
  const password = page.getByLabel('Password');

  // Left alone, nothing is done, and the dialog below says why.
  await create.click();
  await password.waitFor();
  await expect.poll(() => password.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByText('This needs a login of the last ten minutes.').first().waitFor();
  await password.waitFor({ state: 'detached' });

  await create.click();
  await password.fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('The password is wrong.').first().waitFor();
  await password.fill(samplePassword);
  await page.keyboard.press('Enter');
  await page.getByText('Copy it now.').waitFor();
  const made = db.selectFrom('personal_access_token').where('description', '=', 'Nightly export').selectAll();
  expect(await made.execute()).toHaveLength(1);

  // The page goes on under its new cookie.
  await page.reload();
  await page.getByText('Nightly export').first().waitFor();
  const unexpected = visitor.problems.filter((problem) => !/status of (403|422)/.test(problem));
  expect(unexpected).toEqual([]);
  await visitor.close();
});

it('what a page may not run is refused by the browser, which tells the server by itself', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  await signInAt(visitor, '/me/tokens', 'admin');
  const answer = visitor.page.waitForResponse((one) => one.url().endsWith('/api/csp-report'));
  await visitor.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken over"';
    document.body.append(script);
  });
  expect((await answer).status()).toBe(204);
  expect(await visitor.page.title()).not.toBe('taken over');
  expect(visitor.problems.some((problem) => problem.includes('policy violation: script-src-elem'))).toBe(true);
  await visitor.close();
});

it('what somebody wrote and did not send outlives a reload, and is not there for who signs in after them', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/manage/agreements/new', 'admin');
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await name.fill('Half a thought');
  await page.reload();
  await expect.poll(() => name.inputValue()).toBe('Half a thought');

  await stoa.deps.db.deleteFrom('session').execute();
  await page.reload();
  await signInHere(page, 'second');
  await page.waitForURL('**/manage/agreements/new');
  await expect.poll(() => name.inputValue()).toBe('');
  await name.fill('Somebody else now');

  // Who would lose it is asked. A way out that fails says so; the one that succeeds takes along what was written.
  const question = page.getByRole('dialog', { name: 'Sign out without saving?' });
  const leave = question.getByRole('button', { name: 'Sign out without saving' });
  const begin = async () => {
    await page.getByRole('button', { name: /Sam Long/ }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  };
  await begin();
  await question.getByRole('button', { name: 'Stay here' }).click();
  await question.waitFor({ state: 'hidden' });
  expect(await name.inputValue()).toBe('Somebody else now');
  await page.route('**/api/auth/session', (route) => route.abort());
  await begin();
  await leave.click();
  await page.getByText('The server did not answer.').waitFor();
  await page.unroute('**/api/auth/session');
  await leave.click();
  await page.waitForURL('**/login');
  const kept = () => Object.keys(sessionStorage).filter((key) => key.startsWith('stoa-'));
  expect(await page.evaluate(kept)).toEqual([]);
  expect(visitor.problems.filter((problem) => !/status of 401|ERR_FAILED/.test(problem))).toEqual([]);
  await visitor.close();
});

it('a policy that is being written is not left by mistake, and outlives a look at another tab of it', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  const id = await givePolicy(stoa.deps, {
    name: 'Analysts',
    kind: 'grant',
    state: 'staged',
    condition: "@isInGroups('Analysts')",
  });
  await signInAt(visitor, `/govern/policies/${id}`, 'admin');
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  const elsewhere = page.getByRole('link', { name: 'Domains', exact: true }).first();
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await name.fill('Analysts and their guests');
  await elsewhere.click();
  await question.getByRole('button', { name: 'Stay here' }).click();
  expect(await name.inputValue()).toBe('Analysts and their guests');
  await page.getByRole('link', { name: 'Versions', exact: true }).click();
  await page.getByRole('link', { name: 'Policy', exact: true }).click();
  expect(await name.inputValue()).toBe('Analysts and their guests');
  await page.getByRole('button', { name: /Ada Berg/ }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  const out = page.getByRole('dialog', { name: 'Sign out without saving?' });
  await out.getByRole('button', { name: 'Stay here' }).click();
  expect(await name.inputValue()).toBe('Analysts and their guests');

  await elsewhere.click();
  await question.getByRole('button', { name: 'Leave without saving' }).click();
  await page.waitForURL('**/govern/domains*');
  // Its group is nobody's: the preview says so.
  expect(visitor.problems.filter((problem) => !problem.includes('status of 422'))).toEqual([]);
  await visitor.close();
});

it('a product that is being written is a draft: left without a question, and found again after signing in', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  const elsewhere = page.getByRole('link', { name: 'Domains', exact: true }).first();
  const drafts = page.getByRole('region', { name: 'Your drafts of data products' });
  await signInAt(visitor, '/manage/products/new', 'admin');
  await name.fill('Orders of the north');
  // The last keystrokes go along, whether one leaves within the page or loads it anew.
  await elsewhere.click();
  await page.waitForURL('**/govern/domains*');
  await page.goto(`${stoa.url}/manage/products?tab=drafts`);
  await page.getByRole('link', { name: 'Orders of the north' }).click();
  await expect.poll(() => name.inputValue()).toBe('Orders of the north');
  await page.getByText('Your draft is filled in.').waitFor();
  await name.fill('Orders of the far north');
  await page.reload();
  await expect.poll(() => name.inputValue()).toBe('Orders of the far north');

  // A second window writes on; the first one is told, and says which goes on.
  const other = await page.context().newPage();
  await other.goto(page.url());
  const saving = other.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.ok());
  await other.getByRole('textbox', { name: 'Name', exact: true }).fill('Orders of the south');
  await saving;
  await other.close();
  await name.fill('Orders of the east');
  await page.getByText('This draft was written on in another window').waitFor();
  await inspectScreen({ ...visitor, problems: [] });
  await page.getByRole('button', { name: 'Take the other one, drop this' }).click();
  await expect.poll(() => name.inputValue()).toBe('Orders of the south');

  // What cannot be saved is not left by mistake.
  await page.route('**/api/product-draft/*', (route) => route.abort());
  await name.fill('Orders of the west');
  await page.getByText('The draft could not be saved.').waitFor();
  await elsewhere.click();
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await question.getByRole('button', { name: 'Stay here' }).click();
  await page.unroute('**/api/product-draft/*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Your draft was saved').waitFor();

  await page.getByRole('button', { name: /Ada Berg/ }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL('**/login*');
  await signInAt(visitor, '/manage/products?tab=drafts', 'admin');
  await drafts.getByRole('row', { name: /Orders of the west/ }).waitFor();
  await inspectScreen({ ...visitor, problems: [] });
  await page.getByRole('button', { name: 'Throw away Orders of the west' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Throw away' }).click();
  await page.getByText('You have no drafts').waitFor();
  expect(visitor.problems.filter((problem) => !/ERR_FAILED|status of 412/.test(problem))).toEqual([]);
  await visitor.close();
});

it('the draft of a change says what others changed meanwhile, and is over once it is saved', async () => {
  const { dataSourceIds } = await addDataSources(stoa.deps.db, {
    connectionKey: 'drafted',
    schema: 'sales',
    tables: ['returns'],
  });
  const domain = await stoa.admin.call(createDomain, { body: { name: 'Returns', description: '' } });
  const { id: domainId } = domain.body;
  await stoa.admin.call(setDomainDataSources, { params: { id: domainId }, body: { dataSourceIds } });
  const made = await stoa.admin.call(createDataProduct, {
    body: {
      name: 'Returns',
      description: 'What came back',
      metadata: null,
      domains: [domainId],
      dataSources: dataSourceIds.map((sourceId) => ({ sourceId: String(sourceId) })),
    },
  });
  if (made.status !== 201 || Array.isArray(made.body)) throw new Error(JSON.stringify(made.body));
  const { id } = made.body;
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  const description = page.getByRole('textbox', { name: 'Description' });
  await signInAt(visitor, `/manage/products/${id}`, 'second');
  await description.fill('What came back, and why');
  await page.getByRole('link', { name: 'Domains', exact: true }).first().click();
  await page.waitForURL('**/govern/domains*');
  const theirs = await stoa.admin.call(updateDataProduct, {
    params: { id },
    body: { name: 'Returned goods', description: 'Returns of the year' },
  });
  expect(theirs.status).toBe(200);
  await page.goto(`${stoa.url}/manage/products?tab=drafts`);
  await page.getByText('It was changed since').waitFor();
  await page.getByRole('link', { name: 'Returns' }).click();
  await page.getByText('Somebody else changed the same as you meanwhile: description.').waitFor();
  expect(await description.inputValue()).toBe('What came back, and why');
  expect(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe('Returned goods');
  await page.getByRole('button', { name: 'Go on with mine' }).click();
  await page.getByText('Nobody’s access changes').waitFor();
  await settle(page);
  await page.getByRole('button', { name: 'Save changes', exact: true }).click();
  await page.getByText('Saved.', { exact: true }).first().waitFor();
  await page.goto(`${stoa.url}/manage/products?tab=drafts`);
  await page.getByText('You have no drafts').waitFor();

  // Publishing ends a draft as well: the product takes its id.
  await page.goto(`${stoa.url}/manage/products/new`);
  await page.getByRole('checkbox', { name: /^Returns/ }).check();
  await page.getByRole('checkbox', { name: /^returns/ }).check();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Returns by month');
  await page.waitForURL('**/manage/products/new?draft=*');
  const draftId = new URL(page.url()).searchParams.get('draft');
  await page.getByText('Nobody has access yet').waitFor();
  await settle(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.waitForURL('**/products/returns-by-month*');
  const published = stoa.deps.db.selectFrom('data_product').where('name', '=', 'Returns by month').select('id');
  expect((await published.executeTakeFirstOrThrow()).id).toBe(draftId);
  await page.goto(`${stoa.url}/manage/products?tab=drafts`);
  await page.getByText('You have no drafts').waitFor();
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});

it('the settings of an asset that are being written are not left by mistake', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  const stay = question.getByRole('button', { name: 'Stay here' });
  const { connectionId } = await addDataSources(stoa.deps.db, {
    connectionKey: 'guarded',
    schema: 'sales',
    tables: ['orders'],
  });
  const node = stoa.deps.db.selectFrom('data_object').where('connection_id', '=', connectionId).select('id');
  const asset = `/assets/${(await node.executeTakeFirstOrThrow()).id}`;
  await signInAt(visitor, `${asset}?tab=settings`, 'admin');
  const description = page.getByRole('textbox', { name: 'Description' });
  await description.fill('Every order since 2019');
  const columns = page.getByRole('link', { name: 'Columns', exact: true });
  await columns.click();
  await stay.click();
  expect(await description.inputValue()).toBe('Every order since 2019');
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.type());
    void dialog.dismiss();
  });
  await Promise.all([page.waitForEvent('dialog'), page.reload({ timeout: 2_000 }).catch(() => undefined)]);
  expect(dialogs).toEqual(['beforeunload']);
  expect(await description.inputValue()).toBe('Every order since 2019');
  // Saved: nothing is asked any more, also while the page has not read yet what it looks like now.
  const held: Route[] = [];
  await page.route('**/api/asset/**', async (route) => {
    if (route.request().method() === 'GET') held.push(route);
    else await route.continue();
  });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved', { exact: false }).first().waitFor();
  await columns.click();
  await page.waitForURL('**tab=contents*');
  await Promise.all(held.splice(0).map((one) => one.continue()));
  await page.unroute('**/api/asset/**');
  expect(visitor.problems.filter((problem) => !problem.includes('status of 422'))).toEqual([]);
  await visitor.close();
});

it('a review flow that is being written is not lost when somebody else saves theirs', async () => {
  const flow = (comment: string): FormFlow => ({
    rules: [],
    defaultEvent: { type: 'approve', params: { comment } },
  });
  const made = await stoa.admin.call(createRequestForm, {
    body: { name: 'Open data', fields: [], policy: flow('Open to everybody') },
  });
  expect(made.status).toBe(201);
  const { id } = made.body;
  const saveTheirs = (comment: string) =>
    stoa.admin.call(updateRequestForm, { params: { id }, body: { policy: flow(comment) } });
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, `/manage/flows/form/${id}`, 'second');
  const comment = page.getByRole('textbox', { name: 'Why nobody has to look at it' });
  const told = page.getByText('Somebody else changed this flow meanwhile.');

  // What is only read follows.
  await comment.waitFor();
  await saveTheirs('Open to all of us');
  await expect.poll(() => comment.inputValue()).toBe('Open to all of us');
  expect(await told.count()).toBe(0);

  await comment.fill('Open, and this is mine');
  await saveTheirs('Open, and this is theirs');
  await told.waitFor();
  expect(await comment.inputValue()).toBe('Open, and this is mine');
  await page.getByRole('button', { name: 'Take theirs, drop mine' }).click();
  expect(await comment.inputValue()).toBe('Open, and this is theirs');
  expect(await told.count()).toBe(0);

  // One's own save is nobody else's.
  await comment.fill('Open, said by me');
  const save = page.getByRole('button', { name: 'Save as a new version' });
  await save.click();
  // Refused, not busy: it is saved.
  await expect.poll(() => save.getAttribute('data-refused')).toBe('true');
  const read = await stoa.admin.call(getRequestFormById, { params: { id } });
  expect(read.body.policy.defaultEvent).toEqual(flow('Open, said by me').defaultEvent);
  expect(await told.count()).toBe(0);

  // Nor is one that comes back while one writes on.
  const isRead = page.waitForResponse(
    async (one) => one.request().method() === 'GET' && one.url().endsWith(id) && /and more/.test(await one.text()),
  );
  await page.route(`**/api/request-form/${id}`, async (route) => {
    if (route.request().method() === 'PUT') await comment.fill('Open, and I go on');
    await route.continue();
  });
  await comment.fill('Open, and more');
  await save.click();
  await isRead;
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.unroute(`**/api/request-form/${id}`);
  expect(await comment.inputValue()).toBe('Open, and I go on');
  expect(await told.count()).toBe(0);
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});

it('the form of a webhook that is being written is not lost when somebody else saves theirs', async () => {
  const made = await stoa.admin.call(createWebhook, { body: { url: 'https://hooks.example.com/stoa' } });
  expect(made.status).toBe(200);
  const { id } = made.body;
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, `/admin/webhooks/${id}?tab=settings`, 'third');
  const description = page.getByRole('textbox', { name: 'What it is for' });
  const told = page.getByText('Somebody else changed this webhook meanwhile.');
  await description.fill('Half a thought');
  await stoa.admin.call(updateWebhook, { params: { id }, body: { description: 'Theirs' } });
  await told.waitFor();
  expect(await description.inputValue()).toBe('Half a thought');
  await page.getByRole('button', { name: 'Take theirs, drop mine' }).click();
  expect(await description.inputValue()).toBe('Theirs');
  await description.fill('Mine after all');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('main').getByText('Mine after all').first().waitFor();
  expect(await told.count()).toBe(0);
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});

it('the page that signing in leads to has the focus, and the entrance leads on who is signed in already', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/govern/domains', 'second');
  const focused = () => page.evaluate(() => document.activeElement?.tagName);
  await expect.poll(focused).toBe('H1');
  await page.goto('/login?returnTo=%2Fmanage%2Fforms');
  await page.waitForURL('**/manage/forms');
  await page.goto('/login');
  await page.waitForURL((now) => now.pathname === '/');
  await page.goto('/login?again=true');
  await page.getByLabel('User name').waitFor();
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});

it('a session that ends while somebody writes is begun again on the spot, and what was sent goes on', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/manage/agreements/new', 'admin');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Written over the end');
  const endSessions = () => stoa.deps.db.deleteFrom('session').execute();
  await endSessions();
  await page.getByRole('button', { name: 'Publish' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.getByText('Sign in again as Ada Berg').waitFor();
  await dialog.getByLabel('Password').fill(samplePassword);
  await page.keyboard.press('Enter');
  await page.waitForURL((now) => /agreements\/(?!new)/.test(now.pathname));
  const made = stoa.deps.db.selectFrom('data_use_agreement_version').where('name', '=', 'Written over the end');
  expect(await made.select('name').execute()).toHaveLength(1);

  // Who does not want to goes to the entrance, and from there back: also where the page itself asks first who it is opened as.
  await page.clock.install();
  await page.goto('/govern/domains');
  const search = page.getByRole('searchbox', { name: 'Search by name' });
  await search.waitFor();
  await endSessions();
  await page.clock.fastForward(61_000);
  await search.fill('none');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL('**/login?returnTo=*');
  await signInHere(page, 'admin');
  await page.waitForURL('**/govern/domains*');
  expect(visitor.problems.filter((problem) => !/status of 401/.test(problem))).toEqual([]);
  await visitor.close();
});

it('a page does nothing in the name of somebody else who signed in at another tab, and goes over to them', async () => {
  const visitor = await openVisitor(browser, stoa.url);
  const { page } = visitor;
  await signInAt(visitor, '/manage/agreements/new', 'admin');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('By whom?');
  const other = await page.context().newPage();
  await other.goto('/login?returnTo=https://elsewhere.example/');
  await other.getByRole('button', { name: /Ada Berg/ }).click();
  await other.getByRole('button', { name: 'Sign out' }).click();
  await other.waitForURL('**/login');
  await other.goto('/login?returnTo=https://elsewhere.example/');
  await other.getByLabel('User name').waitFor();
  expect(await other.getByText('elsewhere.example').count()).toBe(0);
  await signInHere(other, 'second');
  await other.waitForURL((now) => now.pathname === '/');

  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('Somebody else has signed in with this browser').first().waitFor();
  const made = stoa.deps.db.selectFrom('data_use_agreement_version').where('name', '=', 'By whom?');
  expect(await made.select('name').execute()).toEqual([]);
  // As soon as the page reads anything it is theirs, without a word of what was written.
  await page.getByRole('link', { name: 'Agreements' }).first().click();
  await page.getByRole('button', { name: /Sam Long/ }).waitFor();
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('By whom?');
  expect(visitor.problems.filter((problem) => !/status of (401|409)/.test(problem))).toEqual([]);
  await visitor.close();
});
