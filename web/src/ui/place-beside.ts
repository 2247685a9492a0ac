export type Side = 'below' | 'above' | 'right';

const gap = 6;
const edge = 8;
const within = (at: number, size: number, room: number): number => Math.max(edge, Math.min(at, room - size - edge));

/** Puts a fixed element beside another one; on the other side where the window ends, and never outside of it. */
export function placeBeside(element: HTMLElement, anchor: Element, side: Side): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const { clientWidth, clientHeight } = document.documentElement;
  const below = at.bottom + gap;
  const above = at.top - gap - height;
  const top = {
    below: below + height > clientHeight && above > 0 ? above : below,
    above: above < 0 ? below : above,
    right: at.top + (at.height - height) / 2,
  }[side];
  const left = { below: at.left, above: at.left + (at.width - width) / 2, right: at.right + gap }[side];
  element.style.top = `${within(top, height, clientHeight)}px`;
  element.style.left = `${within(left, width, clientWidth)}px`;
}
