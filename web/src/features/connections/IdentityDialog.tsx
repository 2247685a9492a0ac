import { TextInput } from '@mantine/core';
import { listIdentities, setIdentity } from '@stoa/contract/identity';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { useChange } from '../preview/use-change.tsx';
import styles from './Connections.module.css';

type Mapped = { readonly user: { globalUserId: string; name: string }; readonly externalName: string };

/** Names who a person is on a platform; the server looks the name up there at once, and what follows is shown before it holds. */
export function IdentityDialog(props: {
  readonly connectionKey: string;
  readonly mapped: Mapped | undefined;
  readonly onClose: () => void;
}) {
  const { connectionKey, mapped, onClose } = props;
  const t = useText();
  const announce = useAnnounce();
  const save = useChange(setIdentity, {
    invalidates: [listIdentities],
    onSuccess: (answer) => {
      announce(t('connections.identity.saved', { name: mapped?.user.name ?? '', external: answer.externalName }));
      onClose();
    },
  });
  const ask = (externalName: string | null) => {
    if (mapped === undefined) return;
    save.ask(
      { params: { connectionKey, globalUserId: mapped.user.globalUserId }, body: { externalName } },
      {
        title: t('connections.identity.dialogTitle', { name: mapped.user.name, connection: connectionKey }),
        confirmLabel: t('connections.identity.save'),
        text: (
          <p>{externalName === null ? t('connections.identity.toTemplate') : <Identifier value={externalName} />}</p>
        ),
      },
    );
  };
  return (
    <>
      <Dialog
        opened={mapped !== undefined && !save.isOpen}
        onClose={onClose}
        title={t('connections.identity.dialogTitle', { name: mapped?.user.name ?? '', connection: connectionKey })}
        closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
      >
        {mapped !== undefined && <IdentityForm mapped={mapped} onSave={ask} />}
      </Dialog>
      {save.dialog}
    </>
  );
}

function IdentityForm({ mapped, onSave }: { mapped: Mapped; onSave: (externalName: string | null) => void }) {
  const t = useText();
  const [name, setName] = useState(mapped.externalName);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') onSave(name.trim());
  };
  return (
    <form noValidate className={styles.stack} onSubmit={submit}>
      <p className="text-2">{t('connections.identity.dialogText')}</p>
      <TextInput
        data-autofocus
        label={t('connections.identity.column.external')}
        value={name}
        maxLength={255}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={styles.buttons}>
        <ActionButton type="submit" tone="primary" label={t('connections.identity.save')} onClick={() => undefined} />
        <ActionButton tone="quiet" label={t('connections.identity.reset')} onClick={() => onSave(null)} />
      </div>
    </form>
  );
}
