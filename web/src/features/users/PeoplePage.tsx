import type { ImportKind } from '@stoa/contract/people-import';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { CreateGroupDialog, CreatePersonDialog } from './create-dialogs.tsx';
import { GroupList } from './GroupList.tsx';
import { SkeletonRows } from '../../ui/Skeletons.tsx';
import { UserList } from './UserList.tsx';

const AttributeList = lazy(() => import('./AttributeList.tsx').then((part) => ({ default: part.AttributeList })));

const PeopleChangesLine = lazy(() =>
  import('../people-changes/PeopleChangesLine.tsx').then((part) => ({ default: part.PeopleChangesLine })),
);

const kindOfTab: Readonly<Record<string, ImportKind>> = { users: 'users', groups: 'groups', attributes: 'attributes' };

/** People, groups and attributes: who there is, and the way to add one. */
export function PeoplePage() {
  const t = useText();
  const may = useMay();
  const [isCreating, setIsCreating] = useState(false);
  const tabs = [
    { value: 'users', label: t('people.tab.users') },
    { value: 'groups', label: t('people.tab.groups') },
    { value: 'attributes', label: t('people.tab.attributes') },
  ];
  const tab = usePageTab(tabs);
  const isGroups = tab === 'groups';
  const hasCreate = tab !== 'attributes';
  const label = t(isGroups ? 'people.addGroup' : 'people.add');
  const mayImport = may('user.manage');
  const mayCreate = hasCreate && may(isGroups ? 'group.manage' : 'user.manage');
  const create = () => setIsCreating(true);
  const close = () => setIsCreating(false);
  useKeys(mayCreate ? [{ keys: 'n', label, scope: 'page', run: create }] : []);
  useCommands(mayCreate ? [{ id: 'person-new', label, group: 'page', keys: 'n', run: create }] : []);
  return (
    <>
      <PageHeader
        title={t('people.title')}
        lead={t('people.lead')}
        secondary={
          mayImport && (
            <LinkTo look="button" to="/admin/import" search={{ kind: kindOfTab[tab] }}>
              {t('people.import')}
            </LinkTo>
          )
        }
        action={mayCreate && <ActionButton tone="primary" label={label} onClick={create} />}
      />
      {mayImport && (
        <Suspense fallback={null}>
          <PeopleChangesLine />
        </Suspense>
      )}
      <PageTabs tabs={tabs} label={t('people.tabs')} />
      {tab === 'users' && <UserList />}
      {isGroups && <GroupList />}
      {tab === 'attributes' && (
        <Suspense fallback={<SkeletonRows rows={8} />}>
          <AttributeList />
        </Suspense>
      )}
      {isGroups ? (
        <CreateGroupDialog isOpen={isCreating} onClose={close} />
      ) : (
        <CreatePersonDialog isOpen={isCreating} onClose={close} />
      )}
    </>
  );
}
