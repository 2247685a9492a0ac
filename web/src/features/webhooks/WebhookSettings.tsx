import { deleteWebhook, getWebhook, getWebhooks, resetWebhookKey, type Webhook } from '@stoa/contract/webhook';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { SecretOnce } from './SecretOnce.tsx';
import { WebhookForm } from './WebhookForm.tsx';
import styles from './webhooks.module.css';

function SigningKey({ hook }: { hook: Webhook }) {
  const t = useText();
  const [isAsking, setIsAsking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const reset = useCommand(resetWebhookKey, {
    invalidates: [getWebhook, getWebhooks],
    onSuccess: (answer) => {
      setIsAsking(false);
      setSecret(answer.secret);
    },
  });
  return (
    <Section title={t('webhooks.key')} lead={t('webhooks.keyLead')}>
      <div className={styles.stack}>
        {hook.formerKeyUntil != null && (
          <p className="text-2">
            <Say
              id="webhooks.formerKey"
              values={{ when: <TimeStamp value={hook.formerKeyUntil} style="dateTime" withRelative isFocusable /> }}
            />
          </p>
        )}
        <div className={styles.buttons}>
          <ActionButton label={t('webhooks.reset')} onClick={() => setIsAsking(true)} />
        </div>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        tone="primary"
        title={t('webhooks.resetTitle')}
        confirmLabel={t('webhooks.reset')}
        isBusy={reset.isPending}
        problem={reset.error}
        onConfirm={() => reset.mutate({ params: { id: hook.id } })}
        onClose={() => {
          reset.reset();
          setIsAsking(false);
        }}
      >
        <p>{t('webhooks.resetText')}</p>
      </ConfirmDialog>
      <SecretOnce secret={secret} onDone={() => setSecret(undefined)} />
    </Section>
  );
}

function Remove({ hook }: { hook: Webhook }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);
  const remove = useCommand(deleteWebhook, {
    invalidates: [getWebhooks],
    onSuccess: () => {
      announce(t('webhooks.removed'));
      void navigate({ to: '/admin/webhooks', search: {} });
    },
  });
  return (
    <Section title={t('webhooks.remove')} lead={t('webhooks.removeLead')}>
      <ActionButton tone="danger" label={t('webhooks.remove')} onClick={() => setIsAsking(true)} />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('webhooks.removeTitle', { url: hook.url })}
        confirmLabel={t('webhooks.remove')}
        isBusy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ params: { id: hook.id } })}
        onClose={() => {
          remove.reset();
          setIsAsking(false);
        }}
      >
        <p>{t('webhooks.removeText', { count: hook.health?.waiting ?? 0 })}</p>
      </ConfirmDialog>
    </Section>
  );
}

/** What a webhook is told and how, its key, and its end. */
export function WebhookSettings({ hook }: { hook: Webhook }) {
  return (
    <>
      <WebhookForm hook={hook} />
      <SigningKey hook={hook} />
      <Remove hook={hook} />
    </>
  );
}
