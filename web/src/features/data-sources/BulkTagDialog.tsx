import { TextInput } from '@mantine/core';
import { changeTags, type TagChange, type TagTargets } from '@stoa/contract/tag';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { call, useCommand } from '../../lib/api.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Chips } from '../../ui/Chips.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ChangePreview } from '../preview/ChangePreview.tsx';
import { callOf } from '../preview/call-of.ts';
import { useChangePreview } from '../preview/use-change-preview.ts';
import { useConfirmedLoss } from '../preview/use-confirmed-loss.ts';
import { FindTag, type FoundTag } from '../tags/FindTag.tsx';
import styles from '../tags/tags.module.css';
import { shownWithTags } from '../tags/use-tags-on.ts';

type Props = {
  readonly targets: TagTargets;
  readonly count: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
};

type PickProps = {
  label: string;
  tags: readonly FoundTag[];
  exclude: readonly FoundTag[];
  onChange: (tags: readonly FoundTag[]) => void;
};

function Pick({ label, tags, exclude, onChange }: PickProps) {
  return (
    <div>
      <FindTag
        label={label}
        exclude={new Set([...tags, ...exclude].map((one) => one.id))}
        onFind={(tag) => onChange([...tags, tag])}
      />
      {tags.length > 0 && (
        <div className={styles.chosen}>
          <Chips
            label={label}
            items={tags.map((one) => ({ key: String(one.id), text: one.name }))}
            onRemove={(key) => onChange(tags.filter((one) => String(one.id) !== key))}
          />
        </div>
      )}
    </div>
  );
}

function Changes({ change }: { change: TagChange }) {
  const t = useText();
  const count = change.added + change.removed;
  return (
    <>
      <p className={styles.previewHead}>
        {count === 0 && t('sources.bulkNoChange')} {t('sources.bulkAdded', { count: change.added })}
        {t('sources.bulkRemoved', { count: change.removed })}
        {t('sources.bulkUnchanged', { count: change.unchanged })}
      </p>
      {change.domains.map((one) => (
        <p key={one.id}>
          {one.joined > 0 && t('sources.bulkJoined', { count: one.joined, name: one.name })}{' '}
          {one.left > 0 && t('sources.bulkLeft', { count: one.left, name: one.name })}
        </p>
      ))}
      <ul className={styles.previewList} tabIndex={0} aria-label={t('sources.bulkPreview')}>
        {change.changes.map((one) => (
          <li key={`${one.change} ${one.tag.id} ${one.dataObjectId}`}>
            {t(`sources.bulkChange.${one.change}`, { tag: one.tag.name, name: one.objectPath.join('.') })}
          </li>
        ))}
      </ul>
      {count > change.changes.length && <p className="text-2">{t('sources.firstHundred')}</p>}
    </>
  );
}

/** Adds and takes off tags of many data sources; what it changes is shown before. */
export function BulkTagDialog({ targets, count, onClose, onDone }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const [add, setAdd] = useState<readonly FoundTag[]>([]);
  const [remove, setRemove] = useState<readonly FoundTag[]>([]);
  const body = { add: add.map((one) => one.id), remove: remove.map((one) => one.id), targets };
  const isEmpty = add.length + remove.length === 0;
  // Asked of the server as a dry run: it is the change itself, taken back.
  const preview = useQuery<TagChange, ApiProblem>({
    queryKey: ['changeTags', 'dry', body],
    queryFn: ({ signal }) => call(changeTags, { query: { dryRun: true }, body }, { signal }),
    enabled: !isEmpty,
    staleTime: 0,
  });
  const effect = useChangePreview([callOf(changeTags, { body })], !isEmpty);
  const { ability: counted, mustType, confirmed } = useConfirmedLoss(effect);
  const [typed, setTyped] = useState('');
  const ask = mustType === undefined ? undefined : t('ui.dialog.typeToConfirm', { text: mustType });
  const change = useCommand(changeTags, {
    invalidates: shownWithTags,
    onError: () => effect.retry(),
    onSuccess: (done) => {
      announce(t('sources.bulkDone', { added: done.added, removed: done.removed }));
      onDone();
    },
  });
  const changes = preview.data === undefined ? 0 : preview.data.added + preview.data.removed;
  const reason = isEmpty
    ? t('sources.bulkNothing')
    : preview.data === undefined
      ? t('sources.bulkCounting')
      : t('sources.bulkNoChange');
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={t('sources.bulkTitle', { count })}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.form}>
        <Pick label={t('sources.bulkAdd')} tags={add} exclude={remove} onChange={setAdd} />
        <Pick label={t('sources.bulkRemove')} tags={remove} exclude={add} onChange={setRemove} />
        <section className={styles.preview} aria-label={t('sources.bulkPreview')} aria-busy={preview.isFetching}>
          <h3 className={styles.previewTitle}>{t('sources.bulkPreview')}</h3>
          {isEmpty && <p className="text-2">{t('sources.bulkNothing')}</p>}
          {!isEmpty && preview.error !== null && <ErrorNotice problem={preview.error} />}
          {!isEmpty && preview.isPending && <p className="text-2">{t('sources.bulkCounting')}</p>}
          {!isEmpty && preview.data !== undefined && <Changes change={preview.data} />}
        </section>
        <ChangePreview preview={effect} />
        {ask !== undefined && (
          <TextInput
            label={ask}
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {change.error !== null && <ErrorNotice problem={change.error} isWrite />}
        <div className={styles.buttons}>
          <ActionButton label={t('ui.dialog.cancel')} onClick={onClose} />
          <ActionButton
            tone="primary"
            label={t('sources.bulkConfirm', { count: changes })}
            ability={
              changes === 0
                ? { allowed: false, reason }
                : ask === undefined || typed === mustType
                  ? counted
                  : { allowed: false, reason: ask }
            }
            isBusy={change.isPending}
            onClick={() => change.mutate({ body, query: confirmed })}
          />
        </div>
      </div>
    </Dialog>
  );
}
