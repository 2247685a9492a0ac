import { IconCheck } from '@tabler/icons-react';
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import type { ApiProblem } from '../lib/api-problem.ts';
import { placeBeside } from './place-beside.ts';
import { groupedOptions, type Placed, type SearchOption } from './search-options.ts';
import { whatHappened } from './problem-words.ts';
import styles from './SearchSelect.module.css';

type Props = {
  readonly id: string;
  readonly label: string;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly options: readonly SearchOption[];
  readonly active: number;
  readonly value: string | null;
  readonly isSearching: boolean;
  readonly problem: ApiProblem | null;
  readonly nothingFound: string;
  readonly onChoose: (option: SearchOption) => void;
};

/** More than anybody reads: who wants another one types on. */
const shownAtOnce = 100;

/** In the top layer, as wide as the field, and beside it also after a scroll. */
function usePlacedPanel(anchor: RefObject<HTMLElement | null>, content: unknown) {
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    panel.current?.showPopover();
  }, []);
  useLayoutEffect(() => {
    const [element, field] = [panel.current, anchor.current];
    if (element === null || field === null) return;
    const place = () => {
      element.style.inlineSize = `${field.offsetWidth}px`;
      placeBeside(element, field, 'below');
    };
    place();
    window.addEventListener('resize', place);
    window.addEventListener('scroll', place, { capture: true, passive: true });
    return () => {
      window.removeEventListener('resize', place);
      window.removeEventListener('scroll', place, { capture: true });
    };
  }, [anchor, content]);
  return panel;
}

function Words(props: Props) {
  const t = useText();
  if (props.problem !== null) return <p className={styles.note}>{whatHappened(t, props.problem)}</p>;
  if (props.options.length > shownAtOnce) {
    return <p className={styles.note}>{t('ui.select.more', { count: props.options.length - shownAtOnce })}</p>;
  }
  if (props.options.length > 0) return null;
  return <p className={styles.note}>{props.isSearching ? t('ui.select.searching') : props.nothingFound}</p>;
}

function Option({ option, at, ...props }: Props & Placed<SearchOption>) {
  const isChosen = option.value === props.value;
  return (
    <div
      id={`${props.id}-${at}`}
      role="option"
      aria-selected={isChosen}
      className={styles.option}
      data-active={(at === props.active && !props.isSearching) || undefined}
      onClick={() => props.onChoose(option)}
    >
      <span>{option.label}</span>
      {isChosen && <IconCheck size={16} stroke={1.75} aria-hidden="true" />}
    </div>
  );
}

/** The list below a field that searches. The focus stays in the field. */
export function SearchSelectList(props: Props) {
  const { options, active } = props;
  const panel = usePlacedPanel(props.anchor, options);
  useEffect(() => {
    panel.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [panel, active]);
  return (
    <div
      ref={panel}
      popover="manual"
      className={styles.panel}
      aria-busy={props.isSearching || undefined}
      // A press on the list must not take the focus out of the field: that would close it before the click.
      onPointerDown={(event) => event.preventDefault()}
    >
      {options.length > 0 && (
        <div role="listbox" id={props.id} aria-label={props.label} className={styles.list}>
          {groupedOptions(options.slice(0, shownAtOnce)).map(({ group, options: own }) =>
            group === undefined ? (
              own.map((placed) => <Option key={placed.option.value} {...props} {...placed} />)
            ) : (
              <div key={group} role="group" aria-label={group}>
                <p className={`${styles.group} group-label`} aria-hidden="true">
                  {group}
                </p>
                {own.map((placed) => (
                  <Option key={placed.option.value} {...props} {...placed} />
                ))}
              </div>
            ),
          )}
        </div>
      )}
      <Words {...props} />
    </div>
  );
}
