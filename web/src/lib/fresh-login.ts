type Ask = () => Promise<boolean>;

let show: Ask | undefined;
let open: Promise<boolean> | undefined;

/** Some acts need a login of the last ten minutes. What shows the question registers here, and takes itself away with `undefined`. */
export function onFreshLogin(ask: Ask | undefined): void {
  show = ask;
}

/** Asks once, however many acts wait for it; answers whether the login was confirmed. */
export async function freshLogin(): Promise<boolean> {
  open ??= show?.();
  const isConfirmed = await open;
  open = undefined;
  return isConfirmed === true;
}
