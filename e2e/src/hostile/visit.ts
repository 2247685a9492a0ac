import type { Browser, Page } from 'playwright-core';
import type { TestPerson } from '@stoa/server/testing/people';
import { settle } from '../inspect-screen.ts';
import { openVisitor, type Visitor } from '../visitor.ts';
import { lookAt, watchForHarm } from './look.ts';
import type { HostileStoa } from './world.ts';

/** What one visit to an address found. */
export type Visit = {
  readonly address: string;
  readonly heading: string;
  readonly harm: string[];
  readonly ids: string[];
};

/** Calls that only read, though they send a body. */
const isReading = /\/(preview|search|simulate|explain)/;
const refusal = {
  type: 'about:blank',
  title: 'Looked at.',
  status: 409,
  code: 'request.conflict',
  detail: 'Not carried out.',
};

/** Somebody's browser that looks at screens; nothing that is pressed there is carried out. */
export class Reader {
  readonly visits: Visit[] = [];
  readonly #visitor: Visitor;

  private constructor(visitor: Visitor) {
    this.#visitor = visitor;
  }

  static async open(browser: Browser, stoa: HostileStoa, who: TestPerson | undefined): Promise<Reader> {
    const visitor = await openVisitor(browser, stoa.url);
    const context = visitor.page.context();
    await watchForHarm(context);
    if (who !== undefined)
      await context.addCookies([{ name: 'stoa_session', value: await stoa.session(who), url: stoa.url }]);
    await context.route('**/api/**', async (route) => {
      const request = route.request();
      if (request.method() === 'GET' || isReading.test(request.url())) return route.continue();
      return route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify(refusal) });
    });
    visitor.page.on('dialog', (dialog) => {
      // What was pressed left something unsaved: the page is left all the same.
      if (dialog.type() === 'beforeunload') return void dialog.accept();
      visitor.problems.push(`a dialog of the browser: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return new Reader(visitor);
  }

  get page(): Page {
    return this.#visitor.page;
  }

  /** Opens an address, then each tab of it; with `isThorough` also what opens at the press of a button. */
  async visit(address: string, isThorough = false): Promise<void> {
    await this.#open(address);
    const tabs = await this.page
      .locator('nav a[href*="tab="]')
      .evaluateAll((links) =>
        links.flatMap((link) => (link instanceof HTMLAnchorElement ? [link.pathname + link.search] : [])),
      );
    const path = new URL(this.page.url()).pathname;
    if (isThorough) await this.#press(address);
    for (const tab of new Set(tabs)) {
      if (!tab.startsWith(path) || tab === address) continue;
      await this.#open(tab);
      if (isThorough) await this.#press(tab);
    }
  }

  async #open(address: string): Promise<void> {
    await this.page.goto(address, { waitUntil: 'commit' });
    await settle(this.page);
    await this.#look(address);
  }

  async #look(address: string): Promise<void> {
    const { harm, ids } = await lookAt(this.page);
    const problems = this.#visitor.problems.splice(0).filter((one) => !isNoise(one));
    const heading = (await this.page.locator('h1').first().textContent()) ?? '';
    this.visits.push({ address, heading, harm: [...harm, ...problems], ids });
  }

  /** Presses what opens something: what stays open is looked at, and what leads elsewhere is left again. */
  async #press(address: string): Promise<void> {
    const openers = this.page.locator('main :is(button, summary):visible');
    const count = Math.min(await openers.count(), mostPresses);
    for (let at = 0; at < count; at += 1) {
      const opener = openers.nth(at);
      const name = (await opener.textContent({ timeout: 500 }).catch(() => '')) ?? '';
      if (!(await opener.click({ timeout: 1_000 }).then(yes, no))) continue;
      await this.page.waitForTimeout(120);
      await this.#look(`${address} › ${name.slice(0, 40)}`);
      await this.page.keyboard.press('Escape');
      if (this.page.url() !== new URL(address, this.page.url()).toString()) {
        await this.page.goto(address);
        await settle(this.page);
      }
    }
  }

  close(): Promise<void> {
    return this.#visitor.close();
  }
}

const mostPresses = 14;
const yes = (): boolean => true;
const no = (): boolean => false;
/** The browser's note of what was pressed and not carried out; a call to another host has a note of its own. */
const isNoise = (problem: string): boolean => /Failed to load resource/.test(problem);
