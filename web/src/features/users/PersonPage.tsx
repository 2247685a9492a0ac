import type { GlobalPermission } from '@stoa/contract/enums';
import { listUsers, readUser, updateUser, type UserDetail } from '@stoa/contract/user';
import { useParams } from '@tanstack/react-router';
import { endUserSessions } from '@stoa/contract/user-session';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { useChange } from '../preview/use-change.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './People.module.css';
import { PermissionBoxes } from './PermissionBoxes.tsx';
import { DomainPermissionsOf, GroupsOf, IdentitiesOf, PermissionReasons } from './person-facts.tsx';
import { ProfileForm, type SaidBy } from './ProfileForm.tsx';
import { changesTo, noChanges, openChanges, type SetChanges, withChanges } from './set-changes.ts';

const RenamedLogins = lazy(() => import('./RenamedLogins.tsx').then((part) => ({ default: part.RenamedLogins })));
const AttributesOfPerson = lazy(() =>
  import('./AttributesOf.tsx').then((part) => ({ default: part.AttributesOfPerson })),
);
const HeldAttributes = lazy(() => import('./HeldAttributes.tsx').then((part) => ({ default: part.HeldAttributes })));
const OtherLogins = lazy(() => import('./OtherLogins.tsx').then((part) => ({ default: part.OtherLogins })));
const SignInLinks = lazy(() => import('./SignInLinks.tsx').then((part) => ({ default: part.SignInLinks })));
const SecondFactorOf = lazy(() =>
  import('../second-factor/SecondFactorOf.tsx').then((part) => ({ default: part.SecondFactorOf })),
);
const TokensOf = lazy(() => import('./TokensOf.tsx').then((part) => ({ default: part.TokensOf })));
const EffectivePermissions = lazy(() =>
  import('./EffectivePermissions.tsx').then((part) => ({ default: part.EffectivePermissions })),
);

type Loading = {
  readonly user: UserDetail;
  readonly refetch: () => Promise<{ readonly data: UserDetail | undefined }>;
};

function useUpdate(onDone: () => void = () => undefined) {
  const t = useText();
  const announce = useAnnounce();
  return useCommand(updateUser, {
    invalidates: [readUser, listUsers],
    onSuccess: () => {
      announce(t('people.saved'));
      onDone();
    },
  });
}

/** What a provider or its directory says of a person, and which: it is changed there. */
const saidOf = ({ keptBy, signInLinks }: UserDetail): SaidBy =>
  keptBy === null
    ? Object.fromEntries(
        signInLinks
          .filter((link) => link.isEnabled)
          .flatMap((link) => link.said.map((field) => [field, link.providerName] as const)),
      )
    : { username: keptBy.providerName, name: keptBy.providerName, email: keptBy.providerName };

function ProfilePart({ user }: { user: UserDetail }) {
  const t = useText();
  const update = useUpdate();
  const announce = useAnnounce();
  const renaming = useChange(updateUser, {
    invalidates: [readUser, listUsers],
    onSuccess: () => announce(t('people.saved')),
  });
  return (
    <Section title={t('people.profile')}>
      {renaming.dialog}
      <ProfileForm
        isNew={false}
        before={{ username: user.username, name: user.name, email: user.email ?? '' }}
        said={saidOf(user)}
        label={t('people.save')}
        ability={abilityOn(user.abilities, 'edit')}
        isBusy={update.isPending || renaming.isPending}
        problem={update.error}
        note={update.isSuccess && <span role="status">{t('people.saved')}</span>}
        onSubmit={({ password, ...profile }) => {
          const input = {
            params: { globalUserId: user.globalUserId },
            body: {
              ...(profile.username === user.username ? {} : { username: profile.username }),
              ...(profile.name === user.name ? {} : { name: profile.name }),
              ...(profile.email === (user.email ?? '') ? {} : { email: profile.email }),
              ...(password === undefined ? {} : { password }),
            },
          };
          // Names on platforms may be made from these, and access goes with them.
          if (input.body.username === undefined && input.body.email === undefined) update.mutate(input);
          else
            renaming.ask(input, {
              title: t('people.renamed.title', { name: user.name }),
              confirmLabel: t('people.save'),
              text: (
                <Suspense fallback={<SkeletonText lines={2} />}>
                  <RenamedLogins user={user} after={profile} />
                </Suspense>
              ),
            });
        }}
      />
    </Section>
  );
}

const itself = (permission: string): string => permission;

function RightsPart({ user }: { user: UserDetail }) {
  const t = useText();
  const [changes, setChanges] = useState<SetChanges<GlobalPermission>>(noChanges);
  const update = useUpdate(() => setChanges(noChanges));
  const rights = abilityOn(user.abilities, 'changeRights');
  const held = withChanges(user.permissions, changes, itself);
  const { added, removed } = openChanges(user.permissions, changes, itself);
  const isChanged = added.length + removed.length > 0;
  return (
    <Section title={t('people.rights')} lead={rights.allowed ? t('people.rightsLead') : (rights.reason ?? '')}>
      {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
      <PermissionBoxes
        held={held}
        isReadOnly={!rights.allowed}
        onChange={(next) => setChanges(changesTo(user.permissions, next, itself))}
      />
      <PermissionReasons user={user} />
      <div className={styles.buttons}>
        <ActionButton
          label={t('people.save')}
          ability={rights.allowed && !isChanged ? { allowed: false, reason: t('people.noChanges') } : rights}
          isBusy={update.isPending}
          onClick={() => update.mutate({ params: { globalUserId: user.globalUserId }, body: { permissions: held } })}
        />
      </div>
    </Section>
  );
}

function StatusAct({ user }: { user: UserDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const isActive = user.status === 'active';
  const update = useChange(updateUser, {
    invalidates: [readUser, listUsers],
    onSuccess: (after) => {
      announce(t(after.status === 'active' ? 'person.enabledNow' : 'person.disabledNow', { name: user.name }));
    },
  });
  const count = user.liveAccessCount ?? 0;
  const params = { globalUserId: user.globalUserId };
  const disable = () =>
    update.ask(
      { params, body: { status: 'disabled' } },
      {
        title: t('person.disableTitle', { name: user.name }),
        confirmLabel: t('person.disableConfirm', { count }),
        tone: 'danger',
        text: (
          <>
            <p>{t('person.disableText', { count })}</p>
            <p className="text-2">{t('person.disableBack')}</p>
          </>
        ),
      },
    );
  const enable = () =>
    update.ask(
      { params, body: { status: 'active' } },
      { title: t('person.enableTitle', { name: user.name }), confirmLabel: t('person.enable') },
    );
  return (
    <>
      <ActionButton
        label={t(isActive ? 'person.disable' : 'person.enable')}
        tone={isActive ? 'danger' : 'primary'}
        ability={abilityOn(user.abilities, 'disable')}
        isBusy={update.isPending}
        onClick={isActive ? disable : enable}
      />
      {update.dialog}
    </>
  );
}

function SessionsAct({ user }: { user: UserDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const [isAsking, setIsAsking] = useState(false);
  const end = useCommand(endUserSessions, {
    onSuccess: () => {
      announce(t('person.sessionsEnded', { name: user.name }));
      setIsAsking(false);
    },
  });
  return (
    <>
      <ActionButton
        label={t('person.endSessions')}
        ability={abilityOn(user.abilities, 'edit')}
        onClick={() => setIsAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('person.endSessionsTitle', { name: user.name })}
        confirmLabel={t('person.endSessions')}
        isBusy={end.isPending}
        problem={end.error}
        onConfirm={() => end.mutate({ params: { globalUserId: user.globalUserId } })}
        onClose={() => {
          end.reset();
          setIsAsking(false);
        }}
      >
        <p>{t('person.endSessionsText')}</p>
      </ConfirmDialog>
    </>
  );
}

function Loaded({ user, refetch }: Loading) {
  const t = useText();
  return (
    <>
      <PageHeader
        title={user.name}
        section={t('people.title')}
        facts={
          <>
            <span className={styles[user.status]}>{t(`people.status.${user.status}`)}</span>
            <span className="mono">{user.username}</span>
            <span className="text-2">{t('person.liveAccess', { count: user.liveAccessCount ?? 0 })}</span>
            {user.lastLoginAt !== undefined && (
              <span className="text-2">
                {t('people.column.lastLogin')} <TimeStamp value={user.lastLoginAt} style="relative" />
              </span>
            )}
          </>
        }
        secondary={
          <>
            <SessionsAct user={user} />
            <StatusAct user={user} />
          </>
        }
      />
      {user.status === 'disabled' && <Banner tone="warning">{t('person.disabledBanner')}</Banner>}
      <div className={styles.two}>
        <div>
          <ProfilePart user={user} />
          <Suspense fallback={<SkeletonText lines={4} />}>
            <AttributesOfPerson user={user} refetch={refetch} />
          </Suspense>
          <Suspense fallback={<SkeletonText lines={4} />}>
            <HeldAttributes user={user} />
          </Suspense>
        </div>
        <div>
          <RightsPart user={user} />
          <GroupsOf user={user} />
          <DomainPermissionsOf user={user} />
          <IdentitiesOf user={user} />
          <Suspense fallback={<SkeletonText lines={3} />}>
            <SignInLinks user={user} />
          </Suspense>
          <Suspense fallback={<SkeletonText lines={2} />}>
            <SecondFactorOf user={user} />
          </Suspense>
          <Suspense fallback={<SkeletonText lines={3} />}>
            <OtherLogins user={user} />
          </Suspense>
        </div>
      </div>
      <Suspense fallback={<SkeletonText lines={4} />}>
        <TokensOf user={user} />
      </Suspense>
      <Suspense fallback={<SkeletonText lines={8} />}>
        <EffectivePermissions globalUserId={user.globalUserId} />
      </Suspense>
    </>
  );
}

/** One person: who they are, what they may do, who they are on the platforms. */
export function PersonPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/admin/people/$id' });
  const user = useOperation(readUser, { params: { globalUserId: id } });
  if (user.data !== undefined && !isGone(user.error))
    return <Loaded key={id} user={user.data} refetch={user.refetch} />;
  if (user.error === null) return <SkeletonPage />;
  return (
    <>
      <PageHeader title={t('people.title')} />
      <ErrorNotice problem={user.error} wasShown={user.data !== undefined} onRetry={() => void user.refetch()} />
    </>
  );
}
