import { NativeSelect, TextInput } from '@mantine/core';
import { linkSignIn, listSignInProviders, unlinkSignIn } from '@stoa/contract/provider-sign-in';
import { listUsers, readUser, type UserDetail } from '@stoa/contract/user';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './People.module.css';

type Link = UserDetail['signInLinks'][number];
type Asked = Pick<Link, 'providerId' | 'providerName'>;

function LinkLine({ user, link, onUnlink }: { user: UserDetail; link: Link; onUnlink: () => void }) {
  const t = useText();
  const ability = abilityOn(user.abilities, 'linkSignIn');
  return (
    <li className={styles.line}>
      <span>
        {link.providerName} <Identifier value={link.subject} maxLength={40} />
      </span>
      <span className="text-2 small">
        {link.isEnabled ? '' : `${t('signInLinks.off')}, `}
        {link.linkedBy === null ? t('signInLinks.bySelf') : t('signInLinks.by', { name: link.linkedBy })}
        {link.lastSignInAt !== null && (
          <>
            , {t('signInLinks.last')} <TimeStamp value={link.lastSignInAt} style="relative" />
          </>
        )}
      </span>
      <ActionButton
        size="xs"
        label={t('signInLinks.unlink')}
        fullLabel={t('signInLinks.unlinkOf', { provider: link.providerName })}
        ability={ability}
        onClick={onUnlink}
      />
    </li>
  );
}

/** Whose directory keeps them; the way out is here where they have not signed in by it yet. */
function KeptLine({ user, onUnlink }: { user: UserDetail; onUnlink: (asked: Asked) => void }) {
  const t = useText();
  const { keptBy, signInLinks } = user;
  if (keptBy === null) return null;
  const { providerId, providerName, externalId } = keptBy;
  const isLinked = signInLinks.some((link) => link.providerId === providerId);
  return (
    <li className={styles.line}>
      <span>
        {t('signInLinks.kept', { provider: providerName })}{' '}
        {externalId !== null && <Identifier value={externalId} maxLength={40} />}
      </span>
      <span className="text-2 small">
        {t('signInLinks.keptSince')} <TimeStamp value={keptBy.since} style="relative" />
      </span>
      {!isLinked && (
        <ActionButton
          size="xs"
          label={t('signInLinks.unlink')}
          fullLabel={t('signInLinks.unlinkOf', { provider: providerName })}
          ability={abilityOn(user.abilities, 'linkSignIn')}
          onClick={() => onUnlink({ providerId, providerName })}
        />
      )}
    </li>
  );
}

function AddLink({ user }: { user: UserDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const providers = useOperation(listSignInProviders, {});
  const open = (providers.data?.data ?? []).filter((one) =>
    user.signInLinks.every((link) => link.providerId !== one.id),
  );
  const [chosen, setChosen] = useState('');
  const [subject, setSubject] = useState('');
  const [isTried, setIsTried] = useState(false);
  const link = useCommand(linkSignIn, {
    invalidates: [readUser, listUsers],
    onSuccess: () => {
      announce(t('signInLinks.link.done', { provider: provider?.name ?? '', name: user.name }));
      setSubject('');
      setIsTried(false);
    },
  });
  const provider = open.find(({ id }) => id === chosen) ?? open[0];
  if (provider === undefined) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (subject.trim() === '') return;
    const { globalUserId } = user;
    link.mutate({ params: { globalUserId, providerId: provider.id }, body: { subject: subject.trim() } });
  };
  return (
    <form noValidate className={`${styles.form} ${styles.add}`} onSubmit={submit}>
      {link.error !== null && <ErrorNotice problem={link.error} isWrite />}
      <NativeSelect
        label={t('signInLinks.link.provider')}
        value={provider.id}
        data={open.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <TextInput
        required
        label={t('signInLinks.link.subject')}
        description={t('signInLinks.link.subjectHint')}
        value={subject}
        maxLength={255}
        autoComplete="off"
        spellCheck={false}
        error={isTried && subject.trim() === '' ? t('signInLinks.missing') : undefined}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <div className={styles.buttons}>
        <ActionButton type="submit" label={t('signInLinks.link')} isBusy={link.isPending} onClick={() => undefined} />
      </div>
    </form>
  );
}

/** The providers that sign a person in; a user admin links them, though never their own login. */
export function SignInLinks({ user }: { user: UserDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const [asked, setAsked] = useState<Asked>();
  const { globalUserId, name, signInLinks } = user;
  const provider = asked?.providerName ?? '';
  const unlink = useCommand(unlinkSignIn, {
    invalidates: [readUser, listUsers],
    onSuccess: () => {
      announce(t('signInLinks.unlinked', { name, provider }));
      setAsked(undefined);
    },
  });
  return (
    <Section title={t('signInLinks.title')} lead={t('signInLinks.lead')}>
      {signInLinks.length === 0 && <p className="text-2">{t('signInLinks.none')}</p>}
      <ul className={styles.lines}>
        <KeptLine user={user} onUnlink={setAsked} />
        {signInLinks.map((link) => (
          <LinkLine key={link.providerId} user={user} link={link} onUnlink={() => setAsked(link)} />
        ))}
      </ul>
      {abilityOn(user.abilities, 'linkSignIn').allowed && <AddLink user={user} />}
      <ConfirmDialog
        isOpen={asked !== undefined}
        title={t('signInLinks.unlinkTitle', { name, provider })}
        confirmLabel={t('signInLinks.unlink')}
        isBusy={unlink.isPending}
        problem={unlink.error}
        onConfirm={() =>
          asked !== undefined && unlink.mutate({ params: { globalUserId, providerId: asked.providerId } })
        }
        onClose={() => {
          unlink.reset();
          setAsked(undefined);
        }}
      >
        <p>{t('signInLinks.unlinkText')}</p>
      </ConfirmDialog>
    </Section>
  );
}
