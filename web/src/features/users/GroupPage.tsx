import {
  deleteGroup,
  type GroupDetail,
  listGroups,
  readGroup,
  setGroupMembers,
  updateGroup,
} from '@stoa/contract/group';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { useChange } from '../preview/use-change.tsx';
import { attributesOfRows, rowsOfAttributes } from './attribute-rows.ts';
import { AttributesEditor } from './AttributesEditor.tsx';
import { FindPerson } from './FindPerson.tsx';
import { MemberLines } from './MemberLines.tsx';
import styles from './People.module.css';

const GroupGives = lazy(() => import('./GroupGives.tsx').then((part) => ({ default: part.GroupGives })));

type Member = { readonly globalUserId: string; readonly name: string };

function MembersPart({ group }: { group: GroupDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const [draft, setDraft] = useState<readonly Member[]>();
  const members = draft ?? group.members;
  const save = useChange(setGroupMembers, {
    invalidates: [readGroup, listGroups],
    onSuccess: () => {
      setDraft(undefined);
      announce(t('people.saved'));
    },
  });
  const before = new Set(group.members.map((one) => one.globalUserId));
  const now = new Set(members.map((one) => one.globalUserId));
  const added = [...now].filter((id) => !before.has(id)).length;
  const removed = [...before].filter((id) => !now.has(id)).length;
  const rights = abilityOn(group.abilities, 'manage');
  const isChanged = added + removed > 0;
  return (
    <Section title={t('people.group.members')}>
      {members.length === 0 && <p className="text-2">{t('people.group.empty')}</p>}
      <MemberLines
        members={members}
        act={(one) => (
          <ActionButton
            size="xs"
            label={t('people.group.remove')}
            fullLabel={t('people.group.removeThis', { name: one.name })}
            ability={rights}
            onClick={() => setDraft(members.filter((other) => other.globalUserId !== one.globalUserId))}
          />
        )}
      />
      {rights.allowed && (
        <div className={styles.add}>
          <FindPerson
            label={t('people.group.add')}
            kinds="users"
            exclude={new Set(members.map((one) => `user:${one.globalUserId}`))}
            onFind={(one) => one.type === 'user' && setDraft([...members, { globalUserId: one.id, name: one.name }])}
          />
        </div>
      )}
      {save.dialog}
      <div className={styles.buttons}>
        <ActionButton
          tone="primary"
          label={t('people.group.saveMembers')}
          ability={rights.allowed && !isChanged ? { allowed: false, reason: t('people.noChanges') } : rights}
          isBusy={save.isPending}
          onClick={() =>
            save.ask(
              { params: { id: group.id }, body: { globalUserIds: [...now] } },
              {
                title: t('people.group.membersTitle', { name: group.name }),
                confirmLabel: t('people.group.saveMembers'),
                text: <p>{t('people.group.membersChange', { added, removed })}</p>,
              },
            )
          }
        />
        {isChanged && <span role="status">{t('people.group.membersChange', { added, removed })}</span>}
      </div>
    </Section>
  );
}

function AttributesPart({ group }: { group: GroupDetail }) {
  const t = useText();
  const before = rowsOfAttributes(group.attributes);
  const [draft, setDraft] = useState<typeof before>();
  const update = useChange(updateGroup, {
    invalidates: [readGroup, listGroups],
    onSuccess: () => setDraft(undefined),
  });
  const rights = abilityOn(group.abilities, 'changeRights');
  const rows = draft ?? before;
  const attributes = attributesOfRows(rows);
  const isChanged = JSON.stringify(attributes) !== JSON.stringify(group.attributes);
  return (
    <Section title={t('people.attributes')} lead={t('people.attributesLead')}>
      {update.dialog}
      <AttributesEditor rows={rows} onChange={setDraft} isReadOnly={!rights.allowed} />
      <div className={styles.buttons}>
        <ActionButton
          label={t('people.save')}
          ability={rights.allowed && !isChanged ? { allowed: false, reason: t('people.noChanges') } : rights}
          isBusy={update.isPending}
          onClick={() =>
            update.ask(
              { params: { id: group.id }, body: { attributes } },
              { title: t('people.attributesTitle', { name: group.name }), confirmLabel: t('people.save') },
            )
          }
        />
      </div>
    </Section>
  );
}

function DeleteAct({ group }: { group: GroupDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const remove = useChange(deleteGroup, {
    invalidates: [listGroups],
    onSuccess: () => {
      announce(t('people.group.deleted', { name: group.name }));
      void navigate({ to: '/admin/people', search: { tab: 'groups' } });
    },
  });
  return (
    <>
      <ActionButton
        tone="danger"
        label={t('people.group.delete')}
        ability={abilityOn(group.abilities, 'changeRights')}
        onClick={() =>
          remove.ask(
            { params: { id: group.id } },
            {
              title: t('people.group.deleteTitle', { name: group.name }),
              confirmLabel: t('people.group.delete'),
              tone: 'danger',
              text: <p>{t('people.group.deleteText', { count: group.memberCount })}</p>,
            },
          )
        }
      />
      {remove.dialog}
    </>
  );
}

/** One group: who is in it, and the attributes it brings. */
export function GroupPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/admin/groups/$id' });
  const group = useOperation(readGroup, { params: { id } });
  if (group.data === undefined || isGone(group.error)) {
    if (group.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('people.tab.groups')} />
        <ErrorNotice problem={group.error} wasShown={group.data !== undefined} onRetry={() => void group.refetch()} />
      </>
    );
  }
  const { data } = group;
  return (
    <>
      <PageHeader
        title={data.name}
        section={t('people.tab.groups')}
        facts={<span className="text-2">{t('people.group.count', { count: data.memberCount })}</span>}
        secondary={<DeleteAct group={data} />}
      />
      <div className={styles.two}>
        <MembersPart group={data} />
        <div>
          <AttributesPart group={data} />
          <Suspense fallback={<SkeletonText lines={4} />}>
            <GroupGives id={data.id} />
          </Suspense>
        </div>
      </div>
    </>
  );
}
