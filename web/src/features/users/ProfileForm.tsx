import { PasswordInput, TextInput } from '@mantine/core';
import { usernameForm } from '@stoa/contract/text';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { type Ability, ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './People.module.css';

export type Profile = { readonly username: string; readonly name: string; readonly email: string };
export type ProfileAnswer = Profile & { readonly password?: string };

/** Fields that come from elsewhere, with where that is. */
export type SaidBy = Readonly<Partial<Record<keyof Profile, string>>>;

type Props = {
  readonly before: Profile;
  readonly said?: SaidBy;
  readonly isNew: boolean;
  readonly label: string;
  readonly ability?: Ability;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly children?: ReactNode;
  readonly note?: ReactNode;
  readonly onSubmit: (answer: ProfileAnswer) => void;
};

/** What can be told at once; the server has the last word. */
const addressForm = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const shortestPassword = 10;
const fields = ['name', 'username', 'email'] as const;

type Filled = Profile & { readonly password: string };

/** An e-mail that is not there stays so, where a provider names none. */
function badFields({ password, ...profile }: Filled, before: Profile, isNew: boolean): ReadonlySet<string> {
  const bad = new Set<string>();
  if (profile.username.length > 128 || !usernameForm.test(profile.username)) bad.add('username');
  if (profile.name.trim() === '') bad.add('name');
  const isNewEmail = isNew || profile.email !== before.email;
  if (isNewEmail && (profile.email.length > 254 || !addressForm.test(profile.email))) bad.add('email');
  if ((isNew || password !== '') && password.length < shortestPassword) bad.add('password');
  return bad;
}

/** User name, name, address and password of a local account. */
export function ProfileForm(props: Props) {
  const { before, isNew } = props;
  const t = useText();
  const [profile, setProfile] = useState<Profile>(before);
  const [password, setPassword] = useState('');
  const [isTried, setIsTried] = useState(false);
  const bad = badFields({ ...profile, password }, before, isNew);
  const isChanged = isNew || password !== '' || fields.some((field) => profile[field] !== before[field]);
  const ability = isChanged ? props.ability : { allowed: false, reason: t('people.noChanges') };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (bad.size > 0) return;
    props.onSubmit({ ...profile, name: profile.name.trim(), ...(password === '' ? {} : { password }) });
    if (!isNew) setPassword('');
  };
  return (
    <form noValidate className={styles.form} onSubmit={submit}>
      {props.problem !== null && <ErrorNotice problem={props.problem} isWrite />}
      {fields.map((field, at) => (
        <TextInput
          key={field}
          required
          {...(at === 0 && isNew ? { 'data-autofocus': true } : {})}
          type={field === 'email' ? 'email' : 'text'}
          label={t(`people.field.${field}`)}
          description={props.said?.[field] && t('people.field.said', { source: props.said[field] })}
          readOnly={props.said?.[field] !== undefined}
          value={profile[field]}
          maxLength={255}
          autoComplete="off"
          error={isTried && bad.has(field) ? t(`people.field.${field}Bad`) : undefined}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setProfile((now) => ({ ...now, [field]: value }));
          }}
        />
      ))}
      <PasswordInput
        required={isNew}
        label={t(isNew ? 'people.field.password' : 'people.field.passwordNew')}
        description={t(isNew ? 'people.field.passwordHintNew' : 'people.field.passwordHint')}
        value={password}
        autoComplete="new-password"
        maxLength={256}
        error={isTried && bad.has('password') ? t('people.field.passwordBad') : undefined}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {props.children}
      <div className={styles.buttons}>
        <ActionButton
          type="submit"
          tone={isNew ? 'primary' : 'default'}
          label={props.label}
          ability={props.ability?.allowed === false ? props.ability : ability}
          isBusy={props.isBusy}
          onClick={() => undefined}
        />
        {props.note}
      </div>
    </form>
  );
}
