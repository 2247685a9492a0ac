import { deleteGroup, type GroupDetail, listGroups, readGroup, setGroupMembers } from '@stoa/contract/group';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { useChange } from '../preview/use-change.tsx';
import { FindPerson } from './FindPerson.tsx';
import { MemberLines } from './MemberLines.tsx';
import styles from './People.module.css';
import { changesTo, noChanges, openChanges, type SetChanges, withChanges } from './set-changes.ts';
import { useChangeOver } from './use-change-over.ts';

const AttributesOfGroup = lazy(() =>
  import('./AttributesOf.tsx').then((part) => ({ default: part.AttributesOfGroup })),
);
const GroupGives = lazy(() => import('./GroupGives.tsx').then((part) => ({ default: part.GroupGives })));

type Loading = {
  readonly group: GroupDetail;
  readonly refetch: () => Promise<{ readonly data: GroupDetail | undefined }>;
};
type Member = { readonly globalUserId: string; readonly name: string };
const keyOf = (one: Member): string => one.globalUserId;
/** So many are named at once of those who join or leave. */
const namedAtMost = 20;

/** Who joins and who leaves, by name. */
function WhoChanges({ added, removed }: SetChanges<Member>) {
  const t = useText();
  const namesOf = (people: readonly Member[]) => ({
    count: people.length,
    names: people
      .slice(0, namedAtMost)
      .map((one) => one.name)
      .join(', '),
    more: Math.max(0, people.length - namedAtMost),
  });
  return (
    <>
      {added.length > 0 && <p>{t('people.group.join', namesOf(added))}</p>}
      {removed.length > 0 && <p>{t('people.group.leave', namesOf(removed))}</p>}
    </>
  );
}

function MembersPart({ group, refetch }: Loading) {
  const t = useText();
  const announce = useAnnounce();
  const [written, setWritten] = useState<SetChanges<Member>>(noChanges);
  const members = withChanges<Member>(group.members, written, keyOf);
  const changes = openChanges(group.members, written, keyOf);
  const put = (next: readonly Member[]) => setWritten(changesTo<Member>(group.members, next, keyOf));
  const save = useChangeOver(
    setGroupMembers,
    { shown: group, refetch, part: (shown) => shown.members.map(keyOf) },
    {
      invalidates: [readGroup, listGroups],
      onSuccess: () => {
        setWritten(noChanges);
        announce(t('people.saved'));
      },
    },
  );
  const rights = abilityOn(group.abilities, 'manage');
  // Whom the directory does not name may be taken out; who comes in comes from there.
  const mayAdd = rights.allowed && group.keptBy === null;
  const isChanged = changes.added.length + changes.removed.length > 0;
  return (
    <Section title={t('people.group.members')}>
      {save.hasMoved && <Banner tone="warning">{t('people.group.moved')}</Banner>}
      {members.length === 0 && <p className="text-2">{t('people.group.empty')}</p>}
      <MemberLines
        members={members}
        act={(one) => (
          <ActionButton
            size="xs"
            label={t('people.group.remove')}
            fullLabel={t('people.group.removeThis', { name: one.name })}
            ability={rights}
            onClick={() => put(members.filter((other) => other.globalUserId !== one.globalUserId))}
          />
        )}
      />
      {mayAdd && (
        <div className={styles.add}>
          <FindPerson
            label={t('people.group.add')}
            kinds="users"
            exclude={new Set(members.map((one) => `user:${one.globalUserId}`))}
            onFind={(one) => one.type === 'user' && put([...members, { globalUserId: one.id, name: one.name }])}
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
              { params: { id: group.id }, body: { globalUserIds: members.map(keyOf) } },
              {
                title: t('people.group.membersTitle', { name: group.name }),
                confirmLabel: t('people.group.saveMembers'),
                text: <WhoChanges {...changes} />,
              },
            )
          }
        />
        {isChanged && (
          <div role="status">
            <WhoChanges {...changes} />
          </div>
        )}
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
      {data.keptBy !== null && <Banner>{t('people.group.kept', { provider: data.keptBy })}</Banner>}
      <div className={styles.two}>
        <MembersPart group={data} refetch={group.refetch} />
        <div>
          <Suspense fallback={<SkeletonText lines={4} />}>
            <AttributesOfGroup group={data} refetch={group.refetch} />
          </Suspense>
          <Suspense fallback={<SkeletonText lines={4} />}>
            <GroupGives id={data.id} />
          </Suspense>
        </div>
      </div>
    </>
  );
}
