import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import styles from './webhooks.module.css';

/** A signing key, this once; closing forgets it. */
export function SecretOnce({ secret, onDone }: { secret: string | undefined; onDone: () => void }) {
  const t = useText();
  return (
    <Dialog
      opened={secret !== undefined}
      onClose={onDone}
      title={t('webhooks.secretTitle')}
      // A stray click beside the dialog would throw away a key that is shown only once.
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.stack}>
        <p>{t('webhooks.secretText')}</p>
        <p>
          <Identifier value={secret ?? ''} maxLength={200} />
        </p>
        <div className={styles.buttons}>
          <ActionButton label={t('webhooks.secretDone')} tone="primary" onClick={onDone} />
        </div>
      </div>
    </Dialog>
  );
}
