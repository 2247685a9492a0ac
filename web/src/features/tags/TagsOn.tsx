import { CloseButton } from '@mantine/core';
import type { TagApplication, TagTargets } from '@stoa/contract/tag';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Hint } from '../../ui/Hint.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { TagName } from './TagName.tsx';
import styles from './tags.module.css';
import { useTagChange } from './use-tags-on.ts';

const FindTag = lazy(() => import('./FindTag.tsx').then((part) => ({ default: part.FindTag })));

const dayOf = (instant: string): string => new Date(instant).toLocaleDateString('en', { dateStyle: 'medium' });

type Props = {
  /** What it is, for those who hear it: a table, a column. */
  readonly name: string;
  readonly applications: readonly TagApplication[];
  readonly targets: TagTargets;
  readonly mayChange: boolean;
};

function Chip(props: { one: TagApplication; name: string; isBusy: boolean; onRemove: (() => void) | undefined }) {
  const t = useText();
  const { one, onRemove } = props;
  const when = dayOf(one.addedAt);
  const words = t(`tags.by.${one.source}`, {
    tag: one.tag.name,
    name: one.addedBy?.name ?? t('tags.somebody'),
    when,
  });
  return (
    <li
      className={styles.chip}
      data-sensitivity={one.tag.sensitivity ?? undefined}
      data-inherited={one.inherited || undefined}
      data-removable={onRemove !== undefined || undefined}
    >
      <Hint label={words}>
        <LinkTo to="/govern/tags/$id" params={{ id: String(one.tag.id) }} search={{}}>
          <TagName name={one.tag.name} />
        </LinkTo>
      </Hint>
      {one.inherited && <span className={styles.from}>{t('tags.from', { name: one.objectPath.at(-1) ?? '' })}</span>}
      {onRemove !== undefined && (
        <CloseButton
          size="xs"
          aria-label={t('tags.remove', { tag: one.tag.name, name: props.name })}
          disabled={props.isBusy}
          onClick={onRemove}
        />
      )}
    </li>
  );
}

function TakenOff({
  name,
  all,
  onPutBack,
}: {
  name: string;
  all: readonly TagApplication[];
  onPutBack: ((one: TagApplication) => void) | undefined;
}) {
  const t = useText();
  if (all.length === 0) return null;
  return (
    <details className={styles.off}>
      <summary>{t('tags.takenOff')}</summary>
      <ul className={styles.list}>
        {all.map((one) => (
          <li key={one.tag.id} className={styles.offRow}>
            {t('tags.takenOffBy', {
              tag: one.tag.name,
              name: one.disabledBy?.name ?? t('tags.somebody'),
              when: dayOf(one.disabledAt ?? one.addedAt),
            })}
            {onPutBack !== undefined && (
              <ActionButton
                size="xs"
                tone="quiet"
                label={t('tags.putBack')}
                fullLabel={t('tags.putBackOf', { tag: one.tag.name, name })}
                onClick={() => onPutBack(one)}
              />
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Adder({
  name,
  exclude,
  onFind,
}: {
  name: string;
  exclude: ReadonlySet<number>;
  onFind: (tag: { id: number; name: string }) => void;
}) {
  const t = useText();
  const [isOpen, setIsOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const wasOpen = useRef(false);
  // Whoever adds one may add the next: the way to it has the focus again.
  useEffect(() => {
    if (wasOpen.current && !isOpen && document.activeElement === document.body)
      box.current?.querySelector('button')?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  if (!isOpen)
    return (
      <div ref={box}>
        <ActionButton
          size="xs"
          tone="quiet"
          icon={<IconPlus size={14} stroke={1.75} aria-hidden="true" />}
          label={t('tags.add')}
          fullLabel={t('tags.addTo', { name })}
          onClick={() => setIsOpen(true)}
        />
      </div>
    );
  return (
    <div
      ref={box}
      className={styles.finder}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setIsOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setIsOpen(false);
      }}
    >
      <Suspense fallback={null}>
        <FindTag
          size="xs"
          isLabelHidden
          hasFocus
          label={t('tags.addTo', { name })}
          exclude={exclude}
          onFind={(tag) => {
            setIsOpen(false);
            onFind(tag);
          }}
        />
      </Suspense>
    </div>
  );
}

/** The tags on one thing, where each comes from, and for those who may the way to others. */
export function TagsOn({ name, applications, targets, mayChange }: Props) {
  const t = useText();
  const { change, run } = useTagChange(targets, name);
  const held = applications.filter((one) => !one.disabled);
  const off = applications.filter((one) => one.disabled);
  return (
    <div>
      <ul className={styles.chips} aria-label={t('tags.onOf', { name })}>
        {held.length === 0 && !mayChange && <li className="text-2">{t('tags.none')}</li>}
        {held.map((one) => (
          <Chip
            key={`${one.tag.id} ${one.dataObjectId}`}
            one={one}
            name={name}
            isBusy={change.isPending}
            onRemove={mayChange && !one.inherited ? () => run('remove', one.tag) : undefined}
          />
        ))}
        {mayChange && (
          <li>
            <Adder
              name={name}
              exclude={new Set(held.filter((one) => !one.inherited).map((one) => one.tag.id))}
              onFind={(tag) => run('add', tag)}
            />
          </li>
        )}
      </ul>
      {change.dialog}
      <TakenOff name={name} all={off} onPutBack={mayChange ? (one) => run('add', one.tag) : undefined} />
    </div>
  );
}
