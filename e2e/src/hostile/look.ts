import type { BrowserContext, Frame, Page } from 'playwright-core';

/** What a page gave away: harm that was done, and the ids of payloads that stand on it as text. */
export type Seen = { readonly harm: string[]; readonly ids: string[] };

/** Tells of harm at the moment it is done, also where the page goes on or takes the element away again. */
export async function watchForHarm(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    Object.defineProperty(window, '__hostile', {
      set: (number: unknown) => {
        document.documentElement.setAttribute('data-ran', String(number));
        console.error(`hostile code ran: ${String(number)}`);
      },
      get: () => undefined,
    });
    new MutationObserver((changes) => {
      for (const change of changes)
        for (const node of change.addedNodes)
          if (
            node instanceof Element &&
            (node.matches('[data-hostile]') || node.querySelector('[data-hostile]') !== null)
          )
            console.error(`hostile element: ${node.tagName}`);
    }).observe(document, { childList: true, subtree: true });
  });
}

/** Looks at the whole page and at every frame of it. */
export async function lookAt(page: Page): Promise<Seen> {
  const frames = page.frames().map((frame) => (frame === page.mainFrame() ? lookAtFrame(frame) : orNothing(frame)));
  const seen = await Promise.all(frames);
  return { harm: seen.flatMap((one) => one.harm), ids: [...new Set(seen.flatMap((one) => one.ids))] };
}

/** A frame that was never loaded has nothing to look at; that it is there is seen from the page around it. */
const orNothing = (frame: Frame): Promise<Seen> => {
  const nothing = new Promise<Seen>((resolve) => setTimeout(() => resolve({ harm: [], ids: [] }), 2_000).unref());
  return Promise.race([lookAtFrame(frame).catch(() => ({ harm: [], ids: [] })), nothing]);
};

const lookAtFrame = (frame: Frame): Promise<Seen> =>
  frame.evaluate(() => {
    const harm: string[] = [];
    const texts: string[] = [document.body.innerText];
    const ran = document.documentElement.getAttribute('data-ran');
    if (ran !== null) harm.push(`code ran: ${ran}`);
    const look = (root: ParentNode): void => {
      for (const one of root.querySelectorAll('*')) {
        const tag = one.tagName.toLowerCase();
        if (one.hasAttribute('data-hostile')) harm.push(`element: ${tag} ${one.getAttribute('data-hostile') ?? ''}`);
        for (const { name, value } of one.attributes) {
          // As a browser reads an address: control characters and white space are passed over.
          const address = value.replaceAll(/[\p{Cc}\p{Cf}\s]/gu, '').toLowerCase();
          if (/^(href|src|action|formaction|xlink:href|data|poster|background|values)$/.test(name)) {
            if (/^(javascript|vbscript):|^data:text\/html/.test(address)) harm.push(`address: ${tag} ${name}=${value}`);
            if (/^(https?:)?\/\/hostile\.example/.test(address) && tag !== 'a')
              harm.push(`address elsewhere: ${tag} ${name}=${value}`);
          }
          if (name.startsWith('on')) harm.push(`handler: ${tag} ${name}=${value}`);
          if (name === 'srcdoc') harm.push(`page in a frame: ${value}`);
          if (name === 'style' && address.includes('hostile.example')) harm.push(`style: ${tag} ${value}`);
          if (name === 'title' || name === 'aria-label' || name === 'placeholder') texts.push(value);
        }
        if (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement) texts.push(one.value);
        if (one.shadowRoot !== null) look(one.shadowRoot);
      }
    };
    look(document);
    return { harm, ids: [...new Set(texts.join('\n').match(/hx\d{4}/g) ?? [])] };
  });
