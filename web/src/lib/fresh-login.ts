/** The last login is too long ago for what is to be done, or its session has ended. */
export type WhyAsked = 'long-ago' | 'ended';
type Ask = (why: WhyAsked) => Promise<boolean>;

let show: Ask | undefined;
let open: Promise<boolean> | undefined;

/** What shows the question for the password registers here, and takes itself away with `undefined`. */
export function onFreshLogin(ask: Ask | undefined): void {
  show = ask;
}

/** Asks once, however many calls wait for it; answers whether there is a fresh login now. */
export async function freshLogin(why: WhyAsked): Promise<boolean> {
  open ??= show?.(why);
  const isConfirmed = await open;
  open = undefined;
  return isConfirmed === true;
}
