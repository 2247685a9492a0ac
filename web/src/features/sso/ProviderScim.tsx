import { Switch, TextInput } from '@mantine/core';
import type { IdentityProvider } from '@stoa/contract/identity-provider';
import {
  endScimAccess,
  readScimAccess,
  renewScimToken,
  type ScimAccess,
  setScimAccess,
} from '@stoa/contract/scim-access';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from '../slack/Slack.module.css';

type Settings = Pick<ScimAccess, 'idClaim' | 'takesOverGroups'>;

/** What decides whom the directory means; the same to switch it on and later. */
function SettingsForm(props: {
  readonly before: Settings;
  readonly label: string;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly isPrimary: boolean;
  readonly onSubmit: (settings: Settings) => void;
}) {
  const { before, label, isBusy, problem, isPrimary, onSubmit } = props;
  const t = useText();
  const [idClaim, setIdClaim] = useState(before.idClaim);
  const [takesOverGroups, setTakesOverGroups] = useState(before.takesOverGroups);
  const [isTried, setIsTried] = useState(false);
  const isMissing = idClaim.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!isMissing) onSubmit({ idClaim: idClaim.trim(), takesOverGroups });
  };
  return (
    <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      <TextInput
        required
        label={t('scim.idClaim')}
        description={t('scim.idClaimHint')}
        value={idClaim}
        maxLength={255}
        autoComplete="off"
        spellCheck={false}
        error={isTried && isMissing ? t('scim.idClaimBad') : undefined}
        onChange={(event) => setIdClaim(event.currentTarget.value)}
      />
      <Switch
        label={t('scim.takesOverGroups')}
        description={t('scim.takesOverGroupsHint')}
        checked={takesOverGroups}
        onChange={(event) => setTakesOverGroups(event.currentTarget.checked)}
      />
      <div className={styles.buttons}>
        <ActionButton
          type="submit"
          tone={isPrimary ? 'primary' : 'default'}
          label={label}
          isBusy={isBusy}
          onClick={() => undefined}
        />
      </div>
    </form>
  );
}

/** The secret, this once. */
function Token({ token, onDone }: { token: string; onDone: () => void }) {
  const t = useText();
  return (
    <Banner tone="warning">
      <p>{t('scim.tokenText')}</p>
      <p>
        <Identifier value={token} maxLength={200} />
      </p>
      <ActionButton label={t('scim.tokenCopied')} onClick={onDone} />
    </Banner>
  );
}

function Facts({ access }: { access: ScimAccess }) {
  const t = useText();
  const { lastRefusal, tokenCreatedAt, tokenLastUsedAt, peopleCount, groupCount } = access;
  return (
    <FactList
      label={t('scim.title')}
      facts={[
        { label: t('scim.baseUrl'), value: <Identifier value={access.baseUrl} maxLength={120} /> },
        {
          label: t('scim.tokenMade'),
          value: tokenCreatedAt === null ? t('scim.never') : <TimeStamp value={tokenCreatedAt} style="relative" />,
        },
        {
          label: t('scim.tokenUsed'),
          value: tokenLastUsedAt === null ? t('scim.never') : <TimeStamp value={tokenLastUsedAt} style="relative" />,
        },
        { label: t('scim.keeps'), value: t('scim.keepsCount', { people: peopleCount, groups: groupCount }) },
        {
          label: t('scim.lastRefusal'),
          value:
            lastRefusal === null ? (
              t('scim.none')
            ) : (
              <>
                <TimeStamp value={lastRefusal.at} style="relative" /> {lastRefusal.detail}
              </>
            ),
        },
      ]}
    />
  );
}

type Asked = 'renew' | 'switchOff';

function On({
  provider,
  access,
  onToken,
}: {
  provider: IdentityProvider;
  access: ScimAccess;
  onToken: (token?: string) => void;
}) {
  const t = useText();
  const announce = useAnnounce();
  const [asked, setAsked] = useState<Asked>();
  const params = { id: provider.id };
  const set = useCommand(setScimAccess, { invalidates: [readScimAccess], onSuccess: () => announce(t('scim.stored')) });
  const renew = useCommand(renewScimToken, {
    invalidates: [readScimAccess],
    onSuccess: ({ token }) => {
      setAsked(undefined);
      onToken(token ?? undefined);
      announce(t('scim.renewed'));
    },
  });
  const end = useCommand(endScimAccess, {
    invalidates: [readScimAccess],
    onSuccess: () => {
      setAsked(undefined);
      onToken(undefined);
      announce(t('scim.switchedOff'));
    },
  });
  const command = asked === 'renew' ? renew : end;
  return (
    <>
      <Facts access={access} />
      <div className={styles.buttons}>
        <ActionButton label={t('scim.renew')} onClick={() => setAsked('renew')} />
        <ActionButton tone="danger" label={t('scim.switchOff')} onClick={() => setAsked('switchOff')} />
      </div>
      <SettingsForm
        before={access}
        label={t('scim.store')}
        isPrimary={false}
        isBusy={set.isPending}
        problem={set.error}
        onSubmit={(body) => set.mutate({ params, body })}
      />
      <ConfirmDialog
        isOpen={asked !== undefined}
        title={t(asked === 'renew' ? 'scim.renewTitle' : 'scim.switchOffTitle', { name: provider.name })}
        confirmLabel={t(asked === 'renew' ? 'scim.renew' : 'scim.switchOff')}
        isBusy={command.isPending}
        problem={command.error}
        onConfirm={() => command.mutate({ params })}
        onClose={() => {
          command.reset();
          setAsked(undefined);
        }}
      >
        <p>{t(asked === 'renew' ? 'scim.renewText' : 'scim.switchOffText')}</p>
      </ConfirmDialog>
    </>
  );
}

/** Whether the directory of a provider keeps people over SCIM, what it has to be told, and what it keeps. */
export function ProviderScim({ provider }: { provider: IdentityProvider }) {
  const t = useText();
  const announce = useAnnounce();
  const [token, setToken] = useState<string>();
  const read = useOperation(readScimAccess, { params: { id: provider.id } });
  const switchOn = useCommand(setScimAccess, {
    invalidates: [readScimAccess],
    onSuccess: (answer) => {
      setToken(answer.token ?? undefined);
      announce(t('scim.switchedOn'));
    },
  });
  const access = read.data;
  return (
    <Section title={t('scim.title')} lead={t('scim.lead')}>
      <div className={styles.stack}>
        {read.error !== null && <ErrorNotice problem={read.error} onRetry={() => void read.refetch()} />}
        {read.isPending && <SkeletonText lines={4} />}
        {token !== undefined && <Token token={token} onDone={() => setToken(undefined)} />}
        {access?.isOn === true && <On provider={provider} access={access} onToken={setToken} />}
        {access?.isOn === false && (
          <>
            <p className="text-2">{t('scim.off')}</p>
            <SettingsForm
              before={access}
              label={t('scim.switchOn')}
              isPrimary
              isBusy={switchOn.isPending}
              problem={switchOn.error}
              onSubmit={(body) => switchOn.mutate({ params: { id: provider.id }, body })}
            />
          </>
        )}
      </div>
    </Section>
  );
}
