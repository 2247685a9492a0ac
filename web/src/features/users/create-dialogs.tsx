import { TextInput } from '@mantine/core';
import type { GlobalPermission } from '@stoa/contract/enums';
import { createGroup, listGroups } from '@stoa/contract/group';
import { createUser, listUsers } from '@stoa/contract/user';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Dialog } from '../../ui/Dialog.tsx';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import styles from './People.module.css';
import { PermissionBoxes } from './PermissionBoxes.tsx';
import { ProfileForm } from './ProfileForm.tsx';

type Props = { readonly isOpen: boolean; readonly onClose: () => void };

/** Makes a local account and opens it. */
export function CreatePersonDialog({ isOpen, onClose }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [permissions, setPermissions] = useState<readonly GlobalPermission[]>([]);
  const create = useCommand(createUser, {
    invalidates: [listUsers],
    onSuccess: (made) => {
      announce(t('people.created', { name: made.name }));
      void navigate({ to: '/admin/people/$id', params: { id: made.globalUserId } });
    },
  });
  return (
    <Dialog
      opened={isOpen}
      onClose={onClose}
      title={t('people.add')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <ProfileForm
        isNew
        before={{ username: '', name: '', email: '' }}
        label={t('people.add')}
        isBusy={create.isPending}
        problem={create.error}
        onSubmit={(answer) => create.mutate({ body: { ...answer, permissions: [...permissions] } })}
      >
        <PermissionBoxes held={permissions} onChange={setPermissions} isReadOnly={false} />
      </ProfileForm>
    </Dialog>
  );
}

/** Makes a group and opens it. */
export function CreateGroupDialog({ isOpen, onClose }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [isTried, setIsTried] = useState(false);
  const create = useCommand(createGroup, {
    invalidates: [listGroups],
    onSuccess: (made) => {
      announce(t('people.created', { name: made.name }));
      void navigate({ to: '/admin/groups/$id', params: { id: String(made.id) } });
    },
  });
  const isBad = name.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!isBad) create.mutate({ body: { name: name.trim() } });
  };
  return (
    <Dialog
      opened={isOpen}
      onClose={onClose}
      title={t('people.addGroup')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <form noValidate className={styles.form} onSubmit={submit}>
        {create.error !== null && <ErrorNotice problem={create.error} isWrite />}
        <TextInput
          data-autofocus
          required
          label={t('people.field.name')}
          value={name}
          maxLength={255}
          error={isTried && isBad ? t('people.field.nameBad') : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            tone="primary"
            label={t('people.addGroup')}
            isBusy={create.isPending}
            onClick={() => undefined}
          />
        </div>
      </form>
    </Dialog>
  );
}
