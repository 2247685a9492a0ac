import { getDomainDataSources } from '@stoa/contract/metadata';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { PickList } from '../../ui/PickList.tsx';
import styles from './ManageProduct.module.css';

const atOnce = 1_000;

type Props = {
  readonly domains: readonly { readonly id: string; readonly name: string }[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  readonly isReadOnly: boolean;
};

/** The sources of the chosen domains, one domain at a time. */
export function ProductSourcesPicker({ domains, chosen, onChange, isReadOnly }: Props) {
  const t = useText();
  const [domainId, setDomainId] = useState<string>();
  const [searchText, setSearchText] = useState('');
  const domain = domains.find((one) => one.id === domainId) ?? domains[0];
  const sources = useOperation(
    getDomainDataSources,
    {
      params: { id: domain?.id ?? '' },
      query: { limit: atOnce, ...(searchText === '' ? {} : { searchText }) },
    },
    { enabled: domain !== undefined, keepPrevious: true },
  );
  if (domain === undefined) return <p className="text-2">{t('manage.sourcesNoDomain')}</p>;
  return (
    <>
      {domains.length > 1 && (
        <div className={styles.tabs} role="group" aria-label={t('manage.domains')}>
          {domains.map((one) => (
            <ActionButton
              key={one.id}
              size="xs"
              tone={one.id === domain.id ? 'primary' : 'default'}
              label={one.name}
              onClick={() => setDomainId(one.id)}
            />
          ))}
        </div>
      )}
      <PickList
        label={t('manage.sourcesOf', { domain: domain.name })}
        rows={sources.data?.data.map((one) => ({
          id: String(one.dataSourceId),
          label: one.name,
          ...(one.columnCount === undefined ? {} : { detail: t('manage.columns', { count: one.columnCount }) }),
        }))}
        total={sources.data?.meta.totalCount}
        chosen={chosen}
        onChange={onChange}
        onSearch={setSearchText}
        problem={sources.error}
        empty={t('manage.sourcesEmpty')}
        isReadOnly={isReadOnly}
      />
    </>
  );
}
