import { Checkbox, Textarea, TextInput } from '@mantine/core';
import type { PolicyDraft } from '@stoa/contract/policy-resource';
import { useText } from '../../app/messages/use-text.tsx';
import { fieldOf, type PlacedProblem } from './placed-problems.ts';

type Props = {
  readonly draft: PolicyDraft;
  readonly problems: readonly PlacedProblem[];
  readonly isReadOnly: boolean;
  readonly onChange: (draft: PolicyDraft) => void;
  readonly again: { readonly isAsked: boolean; readonly onChange: (isAsked: boolean) => void } | undefined;
};

/** What data owners sign before the policy acts on their sources, where it asks them to. */
export function CertificationFields({ draft, problems, isReadOnly, onChange, again }: Props) {
  const t = useText();
  const { certification } = draft;
  const set = (next: PolicyDraft['certification']) => onChange({ ...draft, certification: next });
  return (
    <>
      <Checkbox
        label={t('owners.certify')}
        checked={certification !== undefined}
        disabled={isReadOnly}
        onChange={(event) => set(event.currentTarget.checked ? { label: '', text: '' } : undefined)}
      />
      {certification !== undefined && (
        <>
          <TextInput
            {...fieldOf(problems, 'certification.label')}
            className="form-column"
            label={t('owners.certifyLabel')}
            disabled={isReadOnly}
            value={certification.label}
            onChange={(event) => set({ ...certification, label: event.currentTarget.value })}
          />
          <Textarea
            {...fieldOf(problems, 'certification.text')}
            className="form-column"
            label={t('owners.certifyText')}
            autosize
            minRows={2}
            disabled={isReadOnly}
            value={certification.text}
            onChange={(event) => set({ ...certification, text: event.currentTarget.value })}
          />
          {again !== undefined && !isReadOnly && (
            <Checkbox
              label={t('owners.reCertify')}
              description={t('owners.reCertifyText')}
              checked={again.isAsked}
              onChange={(event) => again.onChange(event.currentTarget.checked)}
            />
          )}
        </>
      )}
    </>
  );
}
