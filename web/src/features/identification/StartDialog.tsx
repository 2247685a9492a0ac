import { NativeSelect } from '@mantine/core';
import { listConnections } from '@stoa/contract/connection';
import { listDataSources } from '@stoa/contract/data-source';
import { listDomains } from '@stoa/contract/domain';
import { listIdentificationRuns, startIdentification } from '@stoa/contract/identification';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import styles from './identification.module.css';

const scopes = ['domain', 'connection', 'source'] as const;
type Scope = (typeof scopes)[number];
const offered = 20;

/** Names that fit what is typed, of the kind that is asked for. */
function useOptions(scope: Scope, filter: string) {
  const search = { searchText: filter, limit: offered };
  const domains = useOperation(listDomains, { query: search }, { keepPrevious: true, enabled: scope === 'domain' });
  const connections = useOperation(listConnections, {}, { enabled: scope === 'connection' });
  const sources = useOperation(listDataSources, { query: search }, { keepPrevious: true, enabled: scope === 'source' });
  switch (scope) {
    case 'domain':
      return {
        state: domains,
        options: (domains.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
      };
    case 'connection': {
      const keys = (connections.data?.data ?? []).map((one) => one.connectionKey);
      const found = keys.filter((key) => key.toLowerCase().includes(filter.toLowerCase()));
      return { state: connections, options: found.map((key) => ({ value: key, label: key })) };
    }
    case 'source':
      return {
        state: sources,
        options: (sources.data?.data ?? []).map((one) => ({
          value: String(one.id),
          label: `${one.connectionKey} · ${one.objectPath.join('.')}`,
        })),
      };
  }
}

const bodyOf = (scope: Scope, value: string) => {
  if (scope === 'domain') return { domainId: value };
  return scope === 'connection' ? { connectionKey: value } : { dataSourceId: Number(value) };
};

/** Asks what to look at, and begins. */
export function StartDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [scope, setScope] = useState<Scope>('domain');
  const [chosen, setChosen] = useState<{ value: string; label: string }>();
  const [isTried, setIsTried] = useState(false);
  const { typed, filter, onSearch, isSearching } = useServerSearch();
  const { state, options } = useOptions(scope, filter);
  const start = useCommand(startIdentification, {
    invalidates: [listIdentificationRuns],
    onSuccess: ({ id }) => {
      announce(t('identification.started'));
      void navigate({ to: '/govern/identification/$id', params: { id }, search: {} });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (chosen !== undefined) start.mutate({ body: bodyOf(scope, chosen.value) });
  };
  const known = chosen !== undefined && typed === '' && !options.some((one) => one.value === chosen.value);
  return (
    <Dialog
      opened={isOpen}
      onClose={onClose}
      title={t('identification.start')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <form noValidate className={styles.form} onSubmit={submit}>
        {start.error !== null && <ErrorNotice problem={start.error} isWrite />}
        <NativeSelect
          data-autofocus
          label={t('identification.scope')}
          value={scope}
          data={scopes.map((value) => ({ value, label: t(`identification.scope.${value}`) }))}
          onChange={(event) => {
            setScope(wordOf(scopes, event.currentTarget.value) ?? 'domain');
            setChosen(undefined);
          }}
        />
        <SearchSelect
          label={t(`identification.what.${scope}`)}
          placeholder={t('identification.what.placeholder')}
          options={known ? [chosen, ...options] : options}
          value={chosen?.value ?? null}
          onSearch={onSearch}
          isSearching={isSearching({
            isPending: state.isPending,
            isPlaceholderData: state.isPlaceholderData === true,
          })}
          problem={state.error}
          nothingFound={t('identification.what.nothing')}
          onChoose={({ value, label }) => setChosen({ value, label })}
          {...(isTried && chosen === undefined ? { error: t('identification.what.missing') } : {})}
        />
        <p className="text-2">{t('identification.startText')}</p>
        <div className={styles.acts}>
          <ActionButton
            type="submit"
            tone="primary"
            label={t('identification.start')}
            isBusy={start.isPending}
            onClick={() => undefined}
          />
        </div>
      </form>
    </Dialog>
  );
}
