import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { criteriaType, validatorName } from '@stoa/contract/identifier';
import { listDomains } from '@stoa/contract/domain';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { wordOf } from '../../lib/members.ts';
import { type Ability, ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { type IdentifierDraft, problemsOf } from './identifier-draft.ts';
import styles from './identification.module.css';

type Change = (part: Partial<IdentifierDraft>) => void;
type Props = {
  readonly draft: IdentifierDraft;
  readonly onChange: Change;
  readonly isNew: boolean;
  readonly ability: Ability;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly note?: ReactNode;
  readonly onSubmit: () => void;
};

function Criteria({
  draft,
  onChange,
  isNew,
  bad,
}: Pick<Props, 'draft' | 'onChange' | 'isNew'> & { bad: ReadonlySet<string> }) {
  const t = useText();
  const { criteriaType: type } = draft;
  return (
    <>
      <NativeSelect
        label={t('identification.criteria')}
        value={type}
        disabled={!isNew}
        data={criteriaType.options.map((value) => ({ value, label: t(`identification.criteria.${value}`) }))}
        onChange={(event) => {
          const next = wordOf(criteriaType.options, event.currentTarget.value) ?? 'regex';
          onChange({ criteriaType: next, caseSensitive: next === 'regex' });
        }}
      />
      {type === 'dictionary' ? (
        <Textarea
          required
          label={t('identification.form.values')}
          value={draft.values}
          autosize
          minRows={4}
          maxRows={16}
          error={bad.has('values') ? t('identification.form.valuesBad') : undefined}
          onChange={(event) => onChange({ values: event.currentTarget.value })}
        />
      ) : (
        <TextInput
          required
          classNames={{ input: 'mono' }}
          label={t('identification.form.pattern')}
          description={t('identification.form.patternHint')}
          value={draft.pattern}
          maxLength={1_000}
          spellCheck={false}
          autoCapitalize="none"
          error={bad.has('pattern') ? t('identification.form.patternBad') : undefined}
          onChange={(event) => onChange({ pattern: event.currentTarget.value })}
        />
      )}
      <Checkbox
        label={t('identification.form.case')}
        checked={draft.caseSensitive}
        onChange={(event) => onChange({ caseSensitive: event.currentTarget.checked })}
      />
      {type === 'regex' && (
        <NativeSelect
          label={t('identification.form.validator')}
          value={draft.validator}
          data={[
            { value: '', label: t('identification.form.validator.none') },
            ...validatorName.options.map((value) => ({ value, label: value })),
          ]}
          onChange={(event) => onChange({ validator: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function Weights({ draft, onChange }: Pick<Props, 'draft' | 'onChange'>) {
  const t = useText();
  if (draft.criteriaType === 'columnNameRegex') return null;
  return (
    <div className={styles.pair}>
      <TextInput
        type="number"
        label={t('identification.form.ratio')}
        value={draft.percent}
        min={1}
        max={100}
        step={0.1}
        onChange={(event) => onChange({ percent: Number(event.currentTarget.value) })}
      />
      <TextInput
        type="number"
        label={t('identification.form.specificity')}
        description={t('identification.form.specificityHint')}
        value={draft.specificity}
        min={0}
        max={100}
        step={1}
        onChange={(event) => onChange({ specificity: Math.round(Number(event.currentTarget.value)) })}
      />
    </div>
  );
}

function Where({ draft, onChange }: Pick<Props, 'draft' | 'onChange'>) {
  const t = useText();
  const domains = useOperation(listDomains, { query: { limit: 1_000 } });
  return (
    <NativeSelect
      label={t('identification.form.domain')}
      value={draft.domainId}
      data={[
        { value: '', label: t('identification.form.everywhere') },
        ...(domains.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(event) => onChange({ domainId: event.currentTarget.value })}
    />
  );
}

/** An identifier of one's own, new or old. */
export function IdentifierForm({ draft, onChange, isNew, ability, isBusy, problem, note, onSubmit }: Props) {
  const t = useText();
  const [isTried, setIsTried] = useState(false);
  const bad = new Set<string>(isTried ? problemsOf(draft) : []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (problemsOf(draft).length === 0) onSubmit();
  };
  return (
    <form noValidate className={styles.form} onSubmit={submit}>
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      <TextInput
        required
        label={t('identification.form.name')}
        value={draft.name}
        maxLength={100}
        error={bad.has('name') ? t('identification.form.nameBad') : undefined}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Textarea
        label={t('identification.form.description')}
        value={draft.description}
        maxLength={10_000}
        autosize
        minRows={2}
        maxRows={8}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <Criteria draft={draft} onChange={onChange} isNew={isNew} bad={bad} />
      <Weights draft={draft} onChange={onChange} />
      <Textarea
        required
        label={t('identification.form.tags')}
        description={t('identification.form.tagsHint')}
        value={draft.tags}
        autosize
        minRows={2}
        maxRows={8}
        error={bad.has('tags') ? t('identification.form.tagsBad') : undefined}
        onChange={(event) => onChange({ tags: event.currentTarget.value })}
      />
      {isNew && <Where draft={draft} onChange={onChange} />}
      <div className={styles.acts}>
        <ActionButton
          type="submit"
          tone="primary"
          label={isNew ? t('identification.new') : t('identification.save')}
          ability={ability}
          isBusy={isBusy}
          onClick={() => undefined}
        />
        {note}
      </div>
    </form>
  );
}
