import { listDataSources } from '@stoa/contract/data-source';
import { type DomainDetail, listDomains, readDomain, setDomainDataSources } from '@stoa/contract/domain';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PickList } from '../../ui/PickList.tsx';
import { Section } from '../../ui/Section.tsx';
import { useChange } from '../preview/use-change.tsx';
import styles from './Domains.module.css';

const atOnce = 1_000;

/** The data sources of a domain, ticked among all. */
export function DomainSources({ domain }: { domain: DomainDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const [searchText, setSearchText] = useState('');
  const [draft, setDraft] = useState<ReadonlySet<string>>();
  const before = new Set(domain.dataSourceIds.map(String));
  const chosen = draft ?? before;
  const manage = abilityOn(domain.abilities, 'manage');
  const sources = useOperation(
    listDataSources,
    {
      query: {
        limit: atOnce,
        ...(manage.allowed ? {} : { domainId: domain.id }),
        ...(searchText === '' ? {} : { searchText }),
      },
    },
    { keepPrevious: true },
  );
  const save = useChange(setDomainDataSources, {
    invalidates: [readDomain, listDomains, listDataSources],
    onSuccess: () => {
      setDraft(undefined);
      announce(t('domains.saved'));
    },
  });
  const added = [...chosen].filter((id) => !before.has(id)).length;
  const removed = [...before].filter((id) => !chosen.has(id)).length;
  const isChanged = added + removed > 0;
  const ability = manage.allowed && !isChanged ? { allowed: false, reason: t('domains.noChanges') } : manage;
  return (
    <Section title={t('domains.sources')} lead={t('domains.sourcesLead')}>
      <PickList
        label={t('domains.sources')}
        rows={sources.data?.data.map((one) => ({
          id: String(one.id),
          label: `${one.connectionKey} · ${one.name}`,
          ...(one.domains.length === 0 ? {} : { detail: one.domains.map((other) => other.name).join(', ') }),
        }))}
        total={sources.data?.meta.totalCount}
        chosen={chosen}
        onChange={setDraft}
        onSearch={setSearchText}
        problem={sources.error}
        empty={t('domains.sourcesEmpty')}
        isReadOnly={!manage.allowed}
      />
      {save.dialog}
      <div className={styles.buttons}>
        <ActionButton
          tone="primary"
          label={t('domains.saveSources')}
          ability={ability}
          isBusy={save.isPending}
          onClick={() =>
            save.ask(
              { params: { id: domain.id }, body: { dataSourceIds: [...chosen].map(Number) } },
              {
                title: t('domains.sourcesTitle', { name: domain.name }),
                confirmLabel: t('domains.saveSources'),
                text: <p>{t('domains.sourcesChange', { added, removed })}</p>,
              },
            )
          }
        />
        {isChanged && <span role="status">{t('domains.sourcesChange', { added, removed })}</span>}
      </div>
    </Section>
  );
}
