import {
  deleteProductDraft,
  type ProductDraft as KeptDraft,
  readProductDraft,
  saveProductDraft,
} from '@stoa/contract/product-draft';
import { replaceEqualDeep } from '@tanstack/react-query';
import { ApiProblem } from '../../lib/api-problem.ts';
import { call, tagOf } from '../../lib/api.ts';

/** What a browser still sends for a page that is left, in characters of up to two bytes. */
const atMostOnLeaving = 30_000;

export const isSame = (a: unknown, b: unknown): boolean => replaceEqualDeep(a, b) === a;

/** Sends what is written to the server, one after the other: each save names what the one before it answered. */
export class DraftSender {
  tag: string | undefined;
  waiting: KeptDraft | undefined;
  isSaved = false;
  /** It was published: a save that comes too late is refused, which is no news. */
  isOver = false;
  /** What this tab sent last, whether or not the answer came. */
  #sent: KeptDraft | undefined;
  #underWay: Promise<void> = Promise.resolve();
  readonly #params: { readonly id: string };

  constructor(id: string) {
    this.#params = { id };
  }

  /** What stands on the server as this tab finds it; `sent`: what the tab may have sent before it was loaded anew. */
  begin(there: { readonly draft: KeptDraft | null }, sent?: KeptDraft): void {
    this.tag = tagOf(there);
    this.isSaved = there.draft !== null;
    this.#sent = sent;
  }

  /** One after the other. */
  queue(work: () => Promise<void>): Promise<void> {
    this.#underWay = this.#underWay.then(work);
    return this.#underWay;
  }

  /** True when it was saved and nothing newer waits. */
  async send(): Promise<boolean> {
    const draft = this.waiting;
    if (draft === undefined) return false;
    this.waiting = undefined;
    try {
      await this.#put(draft).catch((cause: unknown) => this.#putOverOwn(draft, cause));
    } catch (cause) {
      this.waiting ??= draft;
      throw cause;
    }
    return this.waiting === undefined;
  }

  async #put(draft: KeptDraft): Promise<void> {
    const keepAlive = JSON.stringify(draft).length < atMostOnLeaving;
    const options = { keepAlive, ...(this.tag === undefined ? {} : { ifMatch: this.tag }) };
    const before = this.#sent;
    this.#sent = draft;
    try {
      this.tag = tagOf(await call(saveProductDraft, { params: this.#params, body: draft }, options));
      this.isSaved = true;
    } catch (cause) {
      if (cause instanceof ApiProblem && cause.status >= 400 && cause.status < 500) this.#sent = before;
      throw cause;
    }
  }

  /** A save whose answer was lost stands in the way of the next one as if somebody else had made it. */
  async #putOverOwn(draft: KeptDraft, cause: unknown): Promise<void> {
    if (!(cause instanceof ApiProblem) || cause.code !== 'precondition.failed') throw cause;
    const there = await call(readProductDraft, { params: this.#params });
    if (!isSame(there.draft, draft) && !isSame(there.draft, this.#sent)) throw cause;
    this.tag = tagOf(there);
    await this.#put(draft);
  }

  async remove(): Promise<void> {
    // One that was never saved is not there to be thrown away; one that another window threw away is gone as well.
    if (this.isSaved)
      await call(deleteProductDraft, { params: this.#params }, { keepAlive: true }).catch(() => undefined);
    this.isSaved = false;
  }
}
