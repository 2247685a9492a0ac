import { Checkbox } from '@mantine/core';
import type { DataProductPreview } from '@stoa/contract/data-product-use';
import { getDomainDataSources } from '@stoa/contract/metadata';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { PickList } from '../../ui/PickList.tsx';
import { changedChoice } from '../../ui/pick-rows.ts';
import styles from './ManageProduct.module.css';

const atOnce = 1_000;

type Props = {
  readonly domains: readonly { readonly id: string; readonly name: string }[];
  /** Sources in none of these domains, chosen now or before. */
  readonly outside: DataProductPreview['sources'];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  readonly isReadOnly: boolean;
};

/** What no list of a domain would show, so that it can be seen and unticked. */
function OutsideSources({ outside, chosen, onChange, isReadOnly }: Props) {
  const t = useText();
  if (outside.length === 0) return null;
  return (
    <fieldset className={styles.outside} disabled={isReadOnly}>
      <legend className={styles.outsideTitle}>{t('manage.outside')}</legend>
      <p className={styles.line}>{t('manage.outsideText')}</p>
      {outside.map((one) => {
        const id = String(one.dataSourceId);
        return (
          <Checkbox
            key={id}
            size="sm"
            label={<span className={styles.sourceName}>{one.name}</span>}
            checked={chosen.has(id)}
            onChange={(event) => onChange(changedChoice(chosen, [id], event.currentTarget.checked))}
          />
        );
      })}
    </fieldset>
  );
}

/** The sources of the chosen domains, one domain at a time; before them those that were chosen and are in none. */
export function ProductSourcesPicker(props: Props) {
  const { domains, chosen, onChange, isReadOnly } = props;
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
      <OutsideSources {...props} />
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
