import { PasswordInput, Switch, TextInput } from '@mantine/core';
import {
  type AuditS3Settings,
  getAuditChain,
  getAuditS3,
  testAuditS3,
  type UpdateAuditS3Body,
  updateAuditS3,
} from '@stoa/contract/audit-chain';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { TestOutcome } from '../messages/TestOutcome.tsx';
import inbox from '../inbox/inbox.module.css';
import styles from './Audit.module.css';

const fields = [
  { name: 'endpoint', placeholder: 'https://s3.eu-central-1.amazonaws.com', hint: 'auditChain.s3.endpointHint' },
  { name: 'region', placeholder: 'eu-central-1' },
  { name: 'bucket', placeholder: 'stoa-audit', hint: 'auditChain.s3.bucketHint' },
  { name: 'prefix', placeholder: 'checkpoints/' },
  { name: 'accessKeyId', placeholder: '' },
] as const;

type Draft = Omit<UpdateAuditS3Body, 'secretAccessKey'> & { secret: string };

const draftOf = ({ settings, enabled }: AuditS3Settings): Draft => ({
  endpoint: settings?.endpoint ?? '',
  region: settings?.region ?? '',
  bucket: settings?.bucket ?? '',
  prefix: settings?.prefix ?? '',
  accessKeyId: settings?.accessKeyId ?? '',
  enabled: settings === null || enabled,
  secret: '',
});

/** What is sent; undefined while something is missing. An empty secret means: the one that is kept. */
function bodyOf({ secret, ...draft }: Draft): UpdateAuditS3Body | undefined {
  const isWhole = fields.every(({ name }) => name === 'prefix' || draft[name].trim() !== '');
  if (!isWhole || !URL.canParse(draft.endpoint.trim())) return undefined;
  const trimmed = Object.fromEntries(fields.map(({ name }) => [name, draft[name].trim()]));
  return { ...draft, ...trimmed, ...(secret === '' ? {} : { secretAccessKey: secret }) };
}

function Fields({
  draft,
  hasSecret,
  onChange,
}: {
  draft: Draft;
  hasSecret: boolean;
  onChange: (part: Partial<Draft>) => void;
}) {
  const t = useText();
  return (
    <>
      {fields.map((field) => (
        <TextInput
          key={field.name}
          label={t(`auditChain.s3.${field.name}`)}
          description={'hint' in field ? t(field.hint) : undefined}
          placeholder={field.placeholder}
          value={draft[field.name]}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ [field.name]: event.currentTarget.value })}
        />
      ))}
      <PasswordInput
        label={t('auditChain.s3.secret')}
        description={hasSecret ? t('auditChain.s3.secretKept') : undefined}
        autoComplete="new-password"
        value={draft.secret}
        onChange={(event) => onChange({ secret: event.currentTarget.value })}
      />
      <Switch
        label={t('auditChain.s3.on')}
        checked={draft.enabled}
        onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
      />
    </>
  );
}

/** The bucket: tried with a real object before it is kept. */
export function S3Settings({ kept }: { kept: AuditS3Settings }) {
  const t = useText();
  const announce = useAnnounce();
  const [draft, setDraft] = useState(() => draftOf(kept));
  const [isTried, setIsTried] = useState(false);
  const save = useCommand(updateAuditS3, {
    invalidates: [getAuditS3, getAuditChain],
    onSuccess: () => {
      setDraft((before) => ({ ...before, secret: '' }));
      announce(t('auditChain.saved'));
    },
  });
  const test = useCommand(testAuditS3);
  const body = bodyOf(draft);
  const problem = save.error ?? test.error;
  const send = (act: typeof save | typeof test) => {
    setIsTried(true);
    if (body !== undefined) act.mutate({ body });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(save);
  };
  return (
    <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      <TestOutcome outcome={test.data} />
      <Fields
        draft={draft}
        hasSecret={kept.hasSecret}
        onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
      />
      {isTried && body === undefined && <p role="alert">{t('auditChain.s3.missing')}</p>}
      <div className={inbox.bar}>
        <ActionButton
          type="submit"
          tone="primary"
          label={t('auditChain.save')}
          isBusy={save.isPending}
          onClick={() => undefined}
        />
        <ActionButton label={t('auditChain.test')} isBusy={test.isPending} onClick={() => send(test)} />
      </div>
    </form>
  );
}
