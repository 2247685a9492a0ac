import { setIdentity } from '@stoa/contract/identity';
import { reportUnmappedLogins } from '@stoa/contract/report';
import { useText } from '../../app/messages/use-text.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { useChange } from '../preview/use-change.tsx';
import { FindPerson } from '../users/FindPerson.tsx';

type Props = {
  readonly login: { readonly connectionKey: string; readonly login: string };
  readonly onClose: () => void;
};

/** Names the person whose login it is; what follows of that is shown before it holds. */
export function MapLogin({ login: { connectionKey, login }, onClose }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const save = useChange(setIdentity, {
    invalidates: [reportUnmappedLogins],
    onSuccess: (answer) => {
      announce(t('reports.unmapped.mapped', { login: answer.externalName }));
      onClose();
    },
  });
  const ask = (person: { id: string; name: string }) =>
    save.ask(
      { params: { connectionKey, globalUserId: person.id }, body: { externalName: login } },
      {
        title: t('connections.identity.dialogTitle', { name: person.name, connection: connectionKey }),
        confirmLabel: t('connections.identity.save'),
        text: (
          <p>
            <Identifier value={login} />
          </p>
        ),
      },
    );
  return (
    <>
      <Dialog
        opened={!save.isOpen}
        onClose={onClose}
        title={t('reports.unmapped.mapTitle', { login, connection: connectionKey })}
        closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
      >
        <p className="text-2">{t('reports.unmapped.mapText')}</p>
        <FindPerson
          label={t('reports.unmapped.mapPerson')}
          kinds="users"
          onFind={(found) => {
            if (found.type === 'user') ask(found);
          }}
        />
      </Dialog>
      {save.dialog}
    </>
  );
}
