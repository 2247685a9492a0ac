import { CloseButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { getDataUseAgreementById, searchDataUseAgreements } from '@stoa/contract/data-use-agreement';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { type Handles, MoveHandles, useReorder } from '../../ui/reorder.tsx';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { Section } from '../../ui/Section.tsx';
import { moved, without } from '../review-flows/flow-draft.ts';
import styles from './forms.module.css';

type Props = {
  readonly ids: readonly string[];
  readonly isReadOnly: boolean;
  readonly onChange: (ids: readonly string[]) => void;
};
const mostFound = 20;

/** An agreement by its id, as it stands now. */
export const useAgreement = (id: string) => useOperation(getDataUseAgreementById, { params: { id } });

function Chosen({ id, acts }: { id: string; acts: { handles: Handles; onRemove: () => void } | undefined }) {
  const t = useText();
  const agreement = useAgreement(id);
  const name = agreement.data?.name ?? '…';
  return (
    <>
      <div className={styles.agreementHead}>
        <strong>{name}</strong>
        {agreement.data?.version !== undefined && (
          <span className="text-2">{t('forms.agreementVersion', { n: agreement.data.version })}</span>
        )}
        {acts !== undefined && (
          <span className={styles.cardActs}>
            <MoveHandles handles={acts.handles} name={name} />
            <CloseButton size="sm" aria-label={t('forms.removeThis', { name })} onClick={acts.onRemove} />
          </span>
        )}
      </div>
      {agreement.error !== null && <ErrorNotice problem={agreement.error} />}
      {agreement.data !== undefined && (
        <details>
          <summary>{t('forms.agreementText')}</summary>
          <MarkdownText text={agreement.data.body} />
        </details>
      )}
    </>
  );
}

function AddAgreement({ ids, onAdd }: { ids: readonly string[]; onAdd: (id: string) => void }) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed, 200);
  const found = useOperation(
    searchDataUseAgreements,
    { query: { nameFilter: text, limit: mostFound } },
    { keepPrevious: true },
  );
  const options = (found.data?.data ?? []).filter((one) => !ids.includes(one.id));
  return (
    <SearchSelect
      className={styles.addAgreement ?? ''}
      label={t('forms.agreementAdd')}
      placeholder={t('forms.agreementFind')}
      options={options.map((one) => ({ value: one.id, label: one.name }))}
      value={null}
      onSearch={setTyped}
      isSearching={text !== typed || found.isPlaceholderData || found.isPending}
      problem={found.error}
      nothingFound={t('forms.agreementsNoMore')}
      onChoose={(option) => onAdd(option.value)}
    />
  );
}

/** The data use agreements that whoever asks must accept, in the order in which they are read. */
export function AgreementsPicker({ ids, isReadOnly, onChange }: Props) {
  const t = useText();
  const nameOf = (at: number) => t('forms.agreementN', { n: at + 1 });
  const order = useReorder(ids.length, (from, to) => onChange(moved(ids, from, to)), nameOf);
  return (
    <Section id="form-agreements" title={t('forms.agreements')} lead={t('forms.agreementsLead')}>
      {ids.length === 0 && isReadOnly && <p className="text-2">{t('forms.agreementsNone')}</p>}
      <ol className={styles.agreements}>
        {ids.map((id, at) => (
          <li key={id} className={styles.agreement} {...(isReadOnly ? {} : order.row(at))}>
            <Chosen
              id={id}
              acts={
                isReadOnly
                  ? undefined
                  : {
                      handles: order.handles(at),
                      onRemove: () => {
                        order.forget(at);
                        onChange(without(ids, at));
                      },
                    }
              }
            />
          </li>
        ))}
      </ol>
      {!isReadOnly && <AddAgreement ids={ids} onAdd={(id) => onChange([...ids, id])} />}
    </Section>
  );
}
