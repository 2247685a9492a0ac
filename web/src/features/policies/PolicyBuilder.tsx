import { TextInput } from '@mantine/core';
import type { PolicyDraft } from '@stoa/contract/policy-resource';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { DataBuilder } from './DataBuilder.tsx';
import styles from './policies.module.css';
import { fieldOf, type PlacedProblem } from './placed-problems.ts';
import type { NamedScope } from './PlaceEditor.tsx';
import { nameOfScope } from './policy-draft.ts';
import { SubscriptionBuilder } from './SubscriptionBuilder.tsx';
import { usePolicySentence } from './use-policy-words.ts';

const CertificationFields = lazy(() =>
  import('./CertificationFields.tsx').then((part) => ({ default: part.CertificationFields })),
);

type Props = {
  readonly draft: PolicyDraft;
  /** What is saved, or where a new policy begins, by its name. */
  readonly named: NamedScope | undefined;
  readonly problems: readonly PlacedProblem[];
  readonly isReadOnly: boolean;
  readonly onChange: (draft: PolicyDraft) => void;
  /** Whether owners who have signed are asked to sign again, where somebody may have. */
  readonly again?: { readonly isAsked: boolean; readonly onChange: (isAsked: boolean) => void };
};

/** A policy in sentences: its name, its parts, and what they come to in one sentence. */
export function PolicyBuilder({ draft, named, problems, isReadOnly, onChange, again }: Props) {
  const t = useText();
  const may = useMay();
  const sentence = usePolicySentence();
  const [chosen, setChosen] = useState<NamedScope>();
  const scopeName = nameOfScope(draft.scope, [chosen, named]);
  const shared = { scopeName, mayBeGlobal: may('domain.manage'), problems, isReadOnly, onScope: setChosen };
  const said = { ...draft, ...(scopeName === undefined ? {} : { scopeName }) };
  return (
    <div className={styles.builder}>
      <TextInput
        {...fieldOf(problems, 'name')}
        className="form-column"
        label={t('policies.name')}
        required
        maxLength={255}
        disabled={isReadOnly}
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      <p className={styles.whole}>{sentence(said)}</p>
      {draft.type === 'subscription' ? (
        <SubscriptionBuilder draft={draft} onChange={onChange} {...shared} />
      ) : (
        <DataBuilder draft={draft} onChange={onChange} {...shared} />
      )}
      <Suspense>
        <CertificationFields
          draft={draft}
          problems={problems}
          isReadOnly={isReadOnly}
          onChange={onChange}
          again={again}
        />
      </Suspense>
    </div>
  );
}
