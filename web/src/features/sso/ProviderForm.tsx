import { NativeSelect, PasswordInput, Switch, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LeaveQuestion } from '../../ui/LeaveQuestion.tsx';
import { badFields, bodyOf, type ProviderDraft, readAttributes } from './provider-draft.ts';
import styles from '../slack/Slack.module.css';

type Props = {
  readonly before: ProviderDraft;
  readonly isNew: boolean;
  readonly hasSecret: boolean;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly onSubmit: (body: ReturnType<typeof bodyOf>) => void;
};
type TextField = Exclude<keyof ProviderDraft, 'unknownPeople' | 'enabled' | 'clientSecret' | 'attributes'>;
type Shown = {
  readonly field: TextField;
  readonly label: MessageId;
  readonly hint?: MessageId;
  readonly isNeeded?: true;
};

const aboutIt: readonly Shown[] = [
  { field: 'name', label: 'sso.name', hint: 'sso.nameHint', isNeeded: true },
  { field: 'issuer', label: 'sso.issuer', hint: 'sso.issuerHint', isNeeded: true },
  { field: 'clientId', label: 'sso.clientId', isNeeded: true },
];
const aboutClaims: readonly Shown[] = [
  { field: 'username', label: 'sso.claim.username', hint: 'sso.claim.usernameHint', isNeeded: true },
  { field: 'claimName', label: 'sso.claim.name', isNeeded: true },
  { field: 'email', label: 'sso.claim.email' },
  { field: 'groups', label: 'sso.claim.groups', hint: 'sso.claim.groupsHint' },
];
const policies = ['refuse', 'create'] as const;

type Editing = {
  readonly draft: ProviderDraft;
  readonly bad: ReadonlySet<keyof ProviderDraft>;
  readonly change: (part: Partial<ProviderDraft>) => void;
};

function TextFields({ shown, editing: { draft, bad, change } }: { shown: readonly Shown[]; editing: Editing }) {
  const t = useText();
  return shown.map(({ field, label, hint, isNeeded }) => (
    <TextInput
      key={field}
      required={isNeeded === true}
      label={t(label)}
      description={hint && t(hint)}
      value={draft[field]}
      maxLength={500}
      autoComplete="off"
      spellCheck={false}
      error={bad.has(field) ? t(field === 'id' ? 'sso.idBad' : 'sso.missing') : undefined}
      onChange={(event) => change({ [field]: event.currentTarget.value })}
    />
  ));
}

function Claims({ editing }: { editing: Editing }) {
  const t = useText();
  const { draft, bad, change } = editing;
  return (
    <fieldset className={styles.stack} style={{ margin: 0, padding: 0, border: 0 }}>
      <legend className="group-label">{t('sso.claims')}</legend>
      <p className="text-2 small">{t('sso.claimsHint')}</p>
      <TextFields shown={aboutClaims} editing={editing} />
      <Textarea
        label={t('sso.attributes')}
        description={t('sso.attributesHint')}
        value={draft.attributes}
        autosize
        minRows={2}
        spellCheck={false}
        error={
          bad.has('attributes')
            ? t('sso.attributesBad', { line: readAttributes(draft.attributes).bad ?? 1 })
            : undefined
        }
        onChange={(event) => change({ attributes: event.currentTarget.value })}
      />
    </fieldset>
  );
}

const isSame = (one: ProviderDraft, other: ProviderDraft): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What Stoa has to know of a provider. */
export function ProviderForm({ before, isNew, hasSecret, isBusy, problem, onSubmit }: Props) {
  const t = useText();
  const [draft, setDraft] = useState(before);
  const [isTried, setIsTried] = useState(false);
  const found = badFields(draft);
  const change: Editing['change'] = (part) => setDraft((now) => ({ ...now, ...part }));
  const editing: Editing = { draft, bad: isTried ? found : new Set(), change };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (found.size === 0) onSubmit(bodyOf(draft));
  };
  return (
    <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      <LeaveQuestion mustAsk={() => !isBusy && !isSame(draft, before)} />
      {isNew && (
        <TextFields shown={[{ field: 'id', label: 'sso.id', hint: 'sso.idHint', isNeeded: true }]} editing={editing} />
      )}
      <TextFields shown={aboutIt} editing={editing} />
      <PasswordInput
        label={t('sso.clientSecret')}
        description={t(hasSecret ? 'sso.clientSecretKept' : 'sso.clientSecretHint')}
        value={draft.clientSecret}
        maxLength={1_000}
        autoComplete="new-password"
        onChange={(event) => change({ clientSecret: event.currentTarget.value })}
      />
      <TextFields shown={[{ field: 'scopes', label: 'sso.scopes', hint: 'sso.scopesHint' }]} editing={editing} />
      <Claims editing={editing} />
      <NativeSelect
        label={t('sso.unknownPeople')}
        value={draft.unknownPeople}
        data={policies.map((value) => ({ value, label: t(`sso.unknownPeople.${value}`) }))}
        onChange={(event) => {
          const unknownPeople = policies.find((one) => one === event.currentTarget.value);
          if (unknownPeople !== undefined) change({ unknownPeople });
        }}
      />
      <Switch
        label={t('sso.enabled')}
        description={t('sso.enabledHint')}
        checked={draft.enabled}
        onChange={(event) => change({ enabled: event.currentTarget.checked })}
      />
      <div className={styles.buttons}>
        <ActionButton
          type="submit"
          tone={isNew ? 'primary' : 'default'}
          label={t(isNew ? 'sso.add' : 'sso.save')}
          isBusy={isBusy}
          onClick={() => undefined}
        />
      </div>
    </form>
  );
}
