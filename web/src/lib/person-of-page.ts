import { keepOnlyOf } from './kept-text.ts';

let person: string | undefined;
/** The server was asked, or told, and since then nobody signed in here. */
let isLeft = false;

/** Whom this page was opened as; undefined while nobody is signed in. */
export const personOfPage = (): string | undefined => person;

/** Whether it is known that nobody is signed in at this page. */
export const isPageLeft = (): boolean => isLeft;

/** Nobody is signed in any more at this page, or somebody is about to be. */
export function leavePage(): void {
  person = undefined;
  isLeft = true;
}

/** The server says who is signed in. In another tab that may have become somebody else: nothing here is theirs, so all of it goes. */
export function meetPerson(globalUserId: string): void {
  if (person !== undefined && person !== globalUserId) return window.location.reload();
  person = globalUserId;
  isLeft = false;
  keepOnlyOf(globalUserId);
}
