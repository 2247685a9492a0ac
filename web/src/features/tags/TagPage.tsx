import { deleteTag, listTags, readTag, type TagDetail, updateTag } from '@stoa/contract/tag';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { type Fact, FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { ChangeDialog } from '../preview/ChangeDialog.tsx';
import { callOf } from '../preview/call-of.ts';
import { CreateTagDialog } from './CreateTagDialog.tsx';
import { TagForm } from './TagForm.tsx';
import { SensitivityMark, TagName } from './TagName.tsx';
import styles from './tags.module.css';
import { shownWithTags } from './use-tags-on.ts';
import { WhereTagged } from './WhereTagged.tsx';

type Names = readonly { readonly id: string; readonly name: string }[];

function Uses({ tag }: { tag: TagDetail }) {
  const t = useText();
  return (
    <>
      <p>{t('tags.deleteUsed')}</p>
      <ul>
        {[...tag.uses.domains, ...(tag.uses.policies ?? [])].map((one) => (
          <li key={one.id}>{one.name}</li>
        ))}
      </ul>
    </>
  );
}

function Delete({ tag, isOpen, onClose }: { tag: TagDetail; isOpen: boolean; onClose: () => void }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const remove = useCommand(deleteTag, {
    invalidates: shownWithTags,
    onSuccess: () => {
      announce(t('tags.deleted', { name: tag.name }));
      void navigate({ to: '/govern/tags', search: {} });
    },
  });
  const count = tag.objectCount + tag.columnCount;
  const isUsed = tag.uses.domains.length + (tag.uses.policies?.length ?? 0) > 0;
  const close = () => {
    remove.reset();
    onClose();
  };
  const input = { params: { id: String(tag.id) }, query: { confirmCount: count } };
  return (
    <ChangeDialog
      isOpen={isOpen}
      title={t('tags.deleteTitle', { name: tag.name })}
      confirmLabel={t('tags.delete')}
      tone="danger"
      change={isUsed ? undefined : callOf(deleteTag, input)}
      isBusy={remove.isPending}
      problem={remove.error}
      {...(count > 0 ? { mustType: String(count) } : {})}
      onConfirm={(confirmed) => remove.mutate({ ...input, query: { ...input.query, ...confirmed } })}
      onClose={close}
    >
      {isUsed ? <Uses tag={tag} /> : <p>{t('tags.deleteText', { below: tag.childCount, count })}</p>}
    </ChangeDialog>
  );
}

function Edit({ tag, isOpen, onClose }: { tag: TagDetail; isOpen: boolean; onClose: () => void }) {
  const t = useText();
  const announce = useAnnounce();
  const update = useCommand(updateTag, {
    invalidates: shownWithTags,
    onSuccess: () => {
      announce(t('tags.saved'));
      onClose();
    },
  });
  return (
    <Dialog
      opened={isOpen}
      onClose={onClose}
      title={t('tags.editTitle', { name: tag.name })}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <TagForm
        before={tag}
        isNameFixed
        label={t('tags.save')}
        isBusy={update.isPending}
        problem={update.error}
        onSubmit={({ description, sensitivity }) =>
          update.mutate({ params: { id: tag.id }, body: { description, sensitivity } })
        }
      />
    </Dialog>
  );
}

function useFacts(tag: TagDetail): Fact[] {
  const t = useText();
  const none = t('tags.fact.none');
  const links = (list: Names, to: (one: Names[number]) => React.ReactNode) =>
    list.length === 0
      ? none
      : list.map((one) => (
          <div key={one.id} className={styles.stacked}>
            {to(one)}
          </div>
        ));
  const facts: (Fact | undefined)[] = [
    { label: t('tags.fact.path'), value: <Identifier value={tag.name} maxLength={60} /> },
    {
      label: t('tags.fact.above'),
      value:
        tag.parents.length === 0
          ? t('tags.fact.root')
          : tag.parents.map((one) => (
              <div key={one.id} className={styles.stacked}>
                <LinkTo to="/govern/tags/$id" params={{ id: String(one.id) }} search={{}}>
                  <TagName name={one.name} />
                </LinkTo>
              </div>
            )),
    },
    {
      label: t('tags.column.sensitivity'),
      value: tag.sensitivity === null ? t('tags.sensitivity.none') : <SensitivityMark value={tag.sensitivity} />,
    },
    { label: t('tags.fact.madeBy'), value: tag.createdBy?.name ?? t(`tags.source.${tag.source}`) },
    { label: t('tags.fact.madeOn'), value: <TimeStamp value={tag.createdAt} style="date" /> },
    {
      label: t('tags.fact.domains'),
      value: links(tag.uses.domains, (one) => (
        <LinkTo to="/govern/domains/$id" params={{ id: one.id }} search={{}}>
          {one.name}
        </LinkTo>
      )),
    },
    {
      label: t('tags.fact.products'),
      value: (
        <LinkTo to="/search" search={{ tag: tag.name }}>
          {t('tags.fact.findProducts')}
        </LinkTo>
      ),
    },
    tag.uses.policies === undefined
      ? undefined
      : { label: t('tags.fact.policies'), value: links(tag.uses.policies, (one) => one.name) },
  ];
  return facts.filter((fact) => fact !== undefined);
}

function Below({ tag }: { tag: TagDetail }) {
  const t = useText();
  const children = useOperation(listTags, { query: { parentId: tag.id, limit: 200 } }, { enabled: tag.childCount > 0 });
  if (tag.childCount === 0) return null;
  if (children.error !== null) return <ErrorNotice problem={children.error} onRetry={() => void children.refetch()} />;
  return (
    <Section title={t('tags.below')}>
      <ul className={styles.chips}>
        {(children.data?.data ?? []).map((one) => (
          <li key={one.id} className={styles.chip} data-sensitivity={one.sensitivity ?? undefined}>
            <LinkTo to="/govern/tags/$id" params={{ id: String(one.id) }} search={{}}>
              {one.displayName}
            </LinkTo>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Loaded({ tag }: { tag: TagDetail }) {
  const t = useText();
  const facts = useFacts(tag);
  const [open, setOpen] = useState<'edit' | 'delete' | 'below'>();
  const manage = abilityOn(tag.abilities, 'manage');
  const close = () => setOpen(undefined);
  return (
    <>
      <PageHeader
        section={t('tags.title')}
        title={tag.displayName}
        {...(tag.parents.length === 0 ? {} : { lead: <TagName name={tag.name} /> })}
        action={
          manage.allowed && (
            <ActionButton tone="primary" label={t('tags.createBelow')} onClick={() => setOpen('below')} />
          )
        }
        secondary={
          <>
            <ActionButton label={t('tags.edit')} ability={manage} onClick={() => setOpen('edit')} />
            <ActionButton label={t('tags.delete')} ability={manage} onClick={() => setOpen('delete')} />
          </>
        }
      />
      <div className="detail">
        <div>
          <div className={styles.about}>
            {tag.description === '' ? (
              <p className="text-2">{t('tags.noDescription')}</p>
            ) : (
              <MarkdownText text={tag.description} />
            )}
          </div>
          <Below tag={tag} />
          <WhereTagged tag={tag} />
        </div>
        <aside>
          <div className={styles.side}>
            <FactList facts={facts} label={t('tags.facts')} />
          </div>
        </aside>
      </div>
      <Edit key={`edit ${tag.updatedAt}`} tag={tag} isOpen={open === 'edit'} onClose={close} />
      <Delete tag={tag} isOpen={open === 'delete'} onClose={close} />
      <CreateTagDialog key={tag.id} below={tag.name} isOpen={open === 'below'} onClose={close} />
    </>
  );
}

/** One tag: what it means, what is below it, what carries it, what goes by it. */
export function TagPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/govern/tags/$id' });
  const tag = useOperation(readTag, { params: { id } });
  if (tag.data !== undefined && !isGone(tag.error)) return <Loaded key={id} tag={tag.data} />;
  if (tag.error === null) return <SkeletonPage />;
  return (
    <>
      <PageHeader title={t('tags.unknown')} section={t('tags.title')} />
      <ErrorNotice problem={tag.error} wasShown={tag.data !== undefined} onRetry={() => void tag.refetch()} />
    </>
  );
}
