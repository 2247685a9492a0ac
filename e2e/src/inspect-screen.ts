import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { desktop, type Visitor } from './visitor.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** A screen whose address is there already may still be on its way, while the former one stands: the router knows. */
type WithRouter = { readonly __TSR_ROUTER__?: { readonly state: { readonly status: string } } };

/** The screen stands: it has its heading, nothing is loading, and for a moment nothing has moved. */
export async function settle(page: Page): Promise<void> {
  let before = '';
  for (let calm = 0; calm < 2; ) {
    await page.locator('h1').first().waitFor();
    await page.waitForFunction(
      () =>
        document.querySelector('h1') !== null &&
        document.querySelector('[aria-busy="true"], table[data-stale]') === null &&
        (globalThis as WithRouter).__TSR_ROUTER__?.state.status !== 'pending',
    );
    const now = `${page.url()} ${await wordsOf(page)}`;
    calm = now === before ? calm + 1 : 0;
    before = now;
    await page.waitForTimeout(60);
  }
  await page.evaluate(async () => {
    await document.fonts.ready;
  });
}

async function findBarriers(page: Page): Promise<string[]> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axeSource);
  // What lies under a sticky bar by chance of scrolling is no small target.
  await page.evaluate(() => window.scrollTo(0, 0));
  // A change of theme or width is painted with the next frames.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
  // The page's own axe: its types are those of the browser's side, so the answer comes as text.
  const found: unknown = await page.evaluate(
    `axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(tags)} }, resultTypes: ['violations'] })
       .then(({ violations }) => violations.flatMap((one) => one.nodes.map((node) =>
         one.id + ': ' + node.target.join(' ') + ' ' + (node.any[0]?.message ?? ''))))`,
  );
  return Array.isArray(found) ? found.map(String) : ['axe gave no answer'];
}

/** A colour half way between two themes is no barrier: what counts is still there a moment later. */
async function findLastingBarriers(page: Page): Promise<string[]> {
  const barriers = await findBarriers(page);
  if (barriers.length === 0) return barriers;
  await page.waitForTimeout(400);
  return findBarriers(page);
}

async function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('main *')].filter(
      (one) => one.getBoundingClientRect().right > clientWidth + 1,
    );
    const names = wide.slice(0, 4).map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
    return [`${scrollWidth} px of page at ${clientWidth} px: ${names.join(', ')}`];
  });
}

/** What the screen says, without the times, which go on by themselves. */
async function wordsOf(page: Page): Promise<string> {
  const words = await page.evaluate(() => {
    const copy = document.querySelector('main')?.cloneNode(true);
    if (!(copy instanceof HTMLElement)) return '';
    for (const time of copy.querySelectorAll('time')) time.remove();
    return copy.textContent ?? '';
  });
  return words.replaceAll(/\s+/g, ' ');
}

/** Every screen keeps what interface quality promises: no barrier in either theme, no sideways scroll, no error. */
export async function inspectScreen({ page, problems }: Visitor): Promise<void> {
  await settle(page);
  const barriers = await findLastingBarriers(page);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await findOverflow(page);
  barriers.push(...(await findLastingBarriers(page)).map((one) => `dark, 390 px: ${one}`));
  await page.setViewportSize({ width: 320, height: 640 });
  overflow.push(...(await findOverflow(page)));
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(desktop);
  expect({ at: page.url(), barriers, overflow, problems }).toEqual({
    at: page.url(),
    barriers: [],
    overflow: [],
    problems: [],
  });
}

/** The address alone brings the same screen back. */
export async function expectSameAfterReload({ page }: Visitor): Promise<void> {
  // What a button says of itself under the focus or the pointer is not of the address: a reload takes both away.
  await page.mouse.move(0, 0);
  await page.evaluate(() =>
    document.activeElement instanceof HTMLElement ? document.activeElement.blur() : undefined,
  );
  await settle(page);
  const before = { at: page.url(), words: await wordsOf(page) };
  await page.reload();
  await settle(page);
  await expect.poll(async () => ({ at: page.url(), words: await wordsOf(page) }), { timeout: 15_000 }).toEqual(before);
}
