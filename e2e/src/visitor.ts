import type { Browser, Page } from 'playwright-core';

export type Visitor = {
  readonly page: Page;
  /** What no screen may do: errors on the console, broken scripts, policy violations, calls to other hosts. */
  readonly problems: string[];
  close(): Promise<void>;
};

export const desktop = { width: 1280, height: 800 };
export const samplePassword = 'stoa-sample';

/** Being signed out is no fault: the app asks who one is, and the browser notes the answer on its console. */
const isSignedOutNote = (text: string, address: string): boolean =>
  text.includes('401') && address.endsWith('/api/auth/user');

/** A browser of somebody's own, signed out, with everything unexpected written down. */
export async function openVisitor(browser: Browser, url: string): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: desktop,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  const problems: string[] = [];
  const note = (text: string) => problems.push(text);
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy violation: ${event.violatedDirective} by ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('console', (message) => {
    const address = message.location().url;
    if (message.type() === 'error' && !isSignedOutNote(message.text(), address)) note(`${message.text()} (${address})`);
  });
  page.on('pageerror', (error) => note(error.message));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== url) note(`a call to ${origin}`);
  });
  return { page, problems, close: () => context.close() };
}

/** Follows a link while signed out, signs in, and stands where the link leads. */
export async function signInAt(visitor: Visitor, path: string, username: string): Promise<void> {
  const { page } = visitor;
  await page.goto(path);
  await signInHere(page, username);
  await page.waitForURL((now) => now.pathname + now.search === path);
}

/** Fills in the page to sign in, wherever that leads. */
export async function signInHere(page: Page, username: string, password = samplePassword): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
