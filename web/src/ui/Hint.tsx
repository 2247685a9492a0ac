import {
  cloneElement,
  type PointerEvent,
  type ReactElement,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import styles from './Hint.module.css';
import { placeBeside } from './place-beside.ts';

type Props = {
  /** Without words it is only there: what it holds stays the same element when it gets some. */
  readonly label: string | undefined;
  readonly side?: 'above' | 'right';
  /** Before it shows under the pointer; on focus and on touch it shows at once. */
  readonly delayMs?: number;
  readonly children: ReactElement<{ 'aria-describedby'?: string | undefined }>;
};

/** The way from the target to the hint must not close it. */
const leaveMs = 120;

/** The words themselves, in the top layer, inside the part of the page that they explain. */
function Words({
  id,
  label,
  side,
  onGone,
}: {
  id: string;
  label: string;
  side: 'above' | 'right';
  onGone: () => void;
}) {
  const words = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = words.current;
    const anchor = element?.previousElementSibling;
    if (element === null || anchor === null || anchor === undefined) return;
    if ('showPopover' in element) element.showPopover();
    placeBeside(element, anchor, side);
  }, [side]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // One press closes the hint alone, not the dialog around it as well.
      event.stopPropagation();
      onGone();
    };
    const onPointer = (event: Event) => {
      const around = words.current?.parentElement;
      if (event.target instanceof Node && around?.contains(event.target) === true) return;
      onGone();
    };
    document.addEventListener('keydown', onKey, true);
    document.addEventListener('pointerdown', onPointer);
    window.addEventListener('scroll', onGone, { capture: true, passive: true });
    return () => {
      document.removeEventListener('keydown', onKey, true);
      document.removeEventListener('pointerdown', onPointer);
      window.removeEventListener('scroll', onGone, { capture: true });
    };
  }, [onGone]);
  return (
    <span ref={words} id={id} role="tooltip" popover="manual" className={styles.hint}>
      {label}
    </span>
  );
}

/** A few words more about what it holds: under the pointer, on focus, on touch; Escape takes them away. */
export function Hint({ label, side = 'above', delayMs = 300, children }: Props) {
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const timer = useRef(0);
  const [hide] = useState(() => () => setIsOpen(false));
  const isSilent = label === undefined;
  const after = (ms: number, next: boolean) => {
    window.clearTimeout(timer.current);
    if (!isSilent) timer.current = window.setTimeout(() => setIsOpen(next), ms);
  };
  useEffect(() => () => window.clearTimeout(timer.current), []);
  // Words that come while the pointer rests here were not asked for.
  if (isSilent && isOpen) setIsOpen(false);
  const onEnter = (event: PointerEvent) => after(event.pointerType === 'touch' || isOpen ? 0 : delayMs, true);
  // A finger that lifts has not left: the next touch elsewhere closes it.
  const onLeave = (event: PointerEvent) => event.pointerType !== 'touch' && after(leaveMs, false);
  return (
    <span
      className={styles.around}
      onPointerEnter={onEnter}
      onPointerLeave={onLeave}
      onFocus={(event) => event.target.matches(':focus-visible') && after(0, true)}
      onBlur={() => after(0, false)}
    >
      {cloneElement(children, { 'aria-describedby': isOpen ? id : undefined })}
      {isOpen && !isSilent && <Words id={id} label={label} side={side} onGone={hide} />}
    </span>
  );
}
