import { useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { CreateGroupDialog, CreatePersonDialog } from './create-dialogs.tsx';
import { GroupList } from './GroupList.tsx';
import { UserList } from './UserList.tsx';

/** People and groups: who there is, and the way to add one. */
export function PeoplePage() {
  const t = useText();
  const may = useMay();
  const [isCreating, setIsCreating] = useState(false);
  const tabs = [
    { value: 'users', label: t('people.tab.users') },
    { value: 'groups', label: t('people.tab.groups') },
  ];
  const isGroups = usePageTab(tabs) === 'groups';
  const label = t(isGroups ? 'people.addGroup' : 'people.add');
  const mayCreate = may(isGroups ? 'group.manage' : 'user.manage');
  const create = () => setIsCreating(true);
  const close = () => setIsCreating(false);
  useKeys(mayCreate ? [{ keys: 'n', label, scope: 'page', run: create }] : []);
  useCommands(mayCreate ? [{ id: 'person-new', label, group: 'page', keys: 'n', run: create }] : []);
  return (
    <>
      <PageHeader
        title={t('people.title')}
        lead={t('people.lead')}
        action={mayCreate && <ActionButton tone="primary" label={label} onClick={create} />}
      />
      <PageTabs tabs={tabs} label={t('people.tabs')} />
      {isGroups ? <GroupList /> : <UserList />}
      {isGroups ? (
        <CreateGroupDialog isOpen={isCreating} onClose={close} />
      ) : (
        <CreatePersonDialog isOpen={isCreating} onClose={close} />
      )}
    </>
  );
}
