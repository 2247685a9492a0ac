import {
  createIdentityProvider,
  deleteIdentityProvider,
  type IdentityProvider,
  listIdentityProviders,
  updateIdentityProvider,
} from '@stoa/contract/identity-provider';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { draftOf, newDraft } from './provider-draft.ts';
import lines from '../users/People.module.css';

const ProviderForm = lazy(() => import('./ProviderForm.tsx').then((part) => ({ default: part.ProviderForm })));
const ProviderScim = lazy(() => import('./ProviderScim.tsx').then((part) => ({ default: part.ProviderScim })));
const ProviderTest = lazy(() => import('./ProviderTest.tsx').then((part) => ({ default: part.ProviderTest })));
const ProviderEvents = lazy(() => import('./ProviderTest.tsx').then((part) => ({ default: part.ProviderEvents })));

const place = '/admin/settings/sso';
const addresses = ['redirectUri', 'postLogoutRedirectUri', 'backchannelLogoutUri'] as const;

function Remove({ provider }: { provider: IdentityProvider }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [isAsked, setIsAsked] = useState(false);
  const { id, name, linkedCount: count } = provider;
  const remove = useCommand(deleteIdentityProvider, {
    invalidates: [listIdentityProviders],
    onSuccess: () => {
      announce(t('sso.removed', { name }));
      void navigate({ to: place });
    },
  });
  return (
    <>
      <ActionButton tone="danger" label={t('sso.remove')} onClick={() => setIsAsked(true)} />
      <ConfirmDialog
        isOpen={isAsked}
        title={t('sso.removeTitle', { name })}
        confirmLabel={t('sso.remove')}
        isBusy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ params: { id } })}
        onClose={() => setIsAsked(false)}
      >
        <p>{t('sso.removeText', { count })}</p>
      </ConfirmDialog>
    </>
  );
}

function One({ provider }: { provider: IdentityProvider }) {
  const t = useText();
  const announce = useAnnounce();
  const update = useCommand(updateIdentityProvider, {
    invalidates: [listIdentityProviders],
    onSuccess: () => announce(t('sso.saved')),
  });
  return (
    <>
      <p>
        <LinkTo to={place}>{t('sso.back')}</LinkTo>
      </p>
      <Section title={t('sso.addresses')} lead={t('sso.addressesLead')} action={<Remove provider={provider} />}>
        <FactList
          label={t('sso.addresses')}
          facts={addresses.map((which) => ({
            label: t(`sso.${which}`),
            value: <Identifier value={provider[which]} maxLength={120} />,
          }))}
        />
      </Section>
      <Section title={t('sso.settings')}>
        <ProviderForm
          key={provider.updatedAt}
          isNew={false}
          before={draftOf(provider)}
          hasSecret={provider.clientSecret !== null}
          isBusy={update.isPending}
          problem={update.error}
          onSubmit={({ id, ...body }) => update.mutate({ params: { id }, body })}
        />
      </Section>
      <ProviderTest provider={provider} />
      <ProviderScim provider={provider} />
      <ProviderEvents provider={provider} />
    </>
  );
}

function Add() {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const create = useCommand(createIdentityProvider, {
    invalidates: [listIdentityProviders],
    onSuccess: ({ id, name }) => {
      announce(t('sso.created', { name }));
      void navigate({ to: place, search: { provider: id } });
    },
  });
  return (
    <Section title={t('sso.settingsNew')}>
      <ProviderForm
        isNew
        before={newDraft}
        hasSecret={false}
        isBusy={create.isPending}
        problem={create.error}
        onSubmit={(body) => create.mutate({ body })}
      />
    </Section>
  );
}

function List({ providers }: { providers: readonly IdentityProvider[] }) {
  const t = useText();
  const add = (
    <LinkTo look="button" to={place} search={{ add: 'true' }}>
      {t('sso.add')}
    </LinkTo>
  );
  return (
    <Section title={t('sso.providers')} action={add}>
      {providers.length === 0 && <EmptyState title={t('sso.none')} text={t('sso.noneText')} />}
      <ul className={lines.lines}>
        {providers.map(({ id, name, enabled, linkedCount }) => (
          <li key={id} className={lines.line}>
            <LinkTo to={place} search={{ provider: id }}>
              {name}
            </LinkTo>
            <span className="text-2 small">
              {t(enabled ? 'sso.on' : 'sso.off')} · {t('sso.linked', { count: linkedCount })}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Settings() {
  const list = useListState();
  const providers = useOperation(listIdentityProviders, {});
  if (providers.error !== null)
    return <ErrorNotice problem={providers.error} onRetry={() => void providers.refetch()} />;
  if (providers.data === undefined) return <SkeletonText lines={6} />;
  const chosen = providers.data.data.find(({ id }) => id === list.text('provider'));
  if (chosen !== undefined) return <One key={chosen.id} provider={chosen} />;
  return list.text('add') === 'true' ? <Add /> : <List providers={providers.data.data} />;
}

/** Who else signs people in: the providers, what each has to know, whether it answers, and who came by it. */
export function SsoPage() {
  const t = useText();
  const may = useMay();
  return (
    <>
      <PageHeader title={t('sso.title')} section={t('sso.section')} lead={t('sso.lead')} />
      <Suspense fallback={<SkeletonText lines={8} />}>
        {may('settings.manage') ? <Settings /> : <Banner>{t('sso.denied')}</Banner>}
      </Suspense>
    </>
  );
}
