import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pagePolicy } from '@stoa/server/http/security-headers';
import type { Browser } from 'playwright-core';
import { openVisitor } from '../visitor.ts';
import { lookAt, watchForHarm } from './look.ts';
import { carelessly, vectors } from './payloads.ts';

/** What the harness found of one vector on a page that takes texts as they come. */
export type Found = {
  readonly vector: string;
  /** An element, an address or a handler that was injected. */
  readonly injected: boolean;
  readonly ran: boolean;
  /** The policy of our pages was broken. */
  readonly blocked: boolean;
  /** Another host was called. */
  readonly called: boolean;
};

/** Serves a page for each vector, with it written into the markup raw. */
async function serveCarelessly(policy: string | undefined): Promise<{ url: string; stop: () => void }> {
  const server = createServer((request, response) => {
    const number = Number((request.url ?? '').replace('/page/', ''));
    const vector = vectors[number];
    if (vector === undefined) return void response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      ...(policy === undefined ? {} : { 'content-security-policy': policy }),
    });
    response.end(`<!doctype html><title>Careless</title><body><h1>Careless</h1>${carelessly(vector, number)}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => void server.close() };
}

const longestWait = 1_500;

/** Visits each careless page, with the policy of our own pages or without any. */
export async function visitCarelessPages(browser: Browser, hasPolicy: boolean): Promise<Found[]> {
  const { url, stop } = await serveCarelessly(hasPolicy ? pagePolicy('of-nobody') : undefined);
  const visitor = await openVisitor(browser, url);
  await watchForHarm(visitor.page.context());
  // The call is noted when it is made; nobody answers there, and the page would wait for that.
  await visitor.page.context().route(/hostile\.example/, (route) => route.abort());
  const found: Found[] = [];
  for (const [number, { name }] of vectors.entries()) {
    await visitor.page.goto(`/page/${number}`, { waitUntil: 'commit' });
    // What runs by itself has run, or was stopped, by then: a picture has to be missed first.
    const isOver = () => visitor.problems.some((one) => /hostile code ran|policy violation/.test(one));
    for (let waited = 0; waited < longestWait && !isOver(); waited += 50) await visitor.page.waitForTimeout(50);
    const { harm } = await lookAt(visitor.page);
    const problems = visitor.problems.splice(0);
    found.push({
      vector: name,
      injected: harm.some((one) => /^(element|address|handler)/.test(one)),
      ran: harm.some((one) => one.startsWith('code ran')) || problems.some((one) => one.includes('hostile code ran')),
      blocked: problems.some((one) => one.includes('policy violation')),
      called: problems.some((one) => one.includes('a call to')),
    });
  }
  await visitor.close();
  stop();
  return found;
}
