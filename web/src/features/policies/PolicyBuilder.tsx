import { TextInput } from '@mantine/core';
import type { PolicyDraft } from '@stoa/contract/policy-resource';
import { lazy, Suspense } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { DataBuilder } from './DataBuilder.tsx';
import styles from './policies.module.css';
import { type PlacedProblem, problemsAt } from './placed-problems.ts';
import { SubscriptionBuilder } from './SubscriptionBuilder.tsx';
import { usePolicySentence } from './use-policy-words.ts';

const CertificationFields = lazy(() =>
  import('./CertificationFields.tsx').then((part) => ({ default: part.CertificationFields })),
);

type Props = {
  readonly draft: PolicyDraft;
  readonly scopeName: string | undefined;
  readonly problems: readonly PlacedProblem[];
  readonly isReadOnly: boolean;
  readonly onChange: (draft: PolicyDraft) => void;
  /** Whether owners who have signed are asked to sign again, where somebody may have. */
  readonly again?: { readonly isAsked: boolean; readonly onChange: (isAsked: boolean) => void };
};

/** A policy in sentences: its name, its parts, and what they come to in one sentence. */
export function PolicyBuilder({ draft, scopeName, problems, isReadOnly, onChange, again }: Props) {
  const t = useText();
  const may = useMay();
  const sentence = usePolicySentence();
  const shared = { scopeName, mayBeGlobal: may('domain.manage'), problems, isReadOnly };
  const said = { ...draft, ...(scopeName === undefined ? {} : { scopeName }) };
  return (
    <div className={styles.builder}>
      <TextInput
        className="form-column"
        label={t('policies.name')}
        required
        maxLength={255}
        disabled={isReadOnly}
        value={draft.name}
        error={problemsAt(problems, 'policy.name')[0]?.message}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <p className={styles.whole}>{sentence(said)}</p>
      {draft.type === 'subscription' ? (
        <SubscriptionBuilder draft={draft} onChange={onChange} {...shared} />
      ) : (
        <DataBuilder draft={draft} onChange={onChange} {...shared} />
      )}
      <Suspense>
        <CertificationFields draft={draft} isReadOnly={isReadOnly} onChange={onChange} again={again} />
      </Suspense>
    </div>
  );
}
