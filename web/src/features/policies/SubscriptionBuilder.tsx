import { NativeSelect } from '@mantine/core';
import { getImmutaUsers } from '@stoa/contract/metadata';
import type { SubscriptionDraft } from '@stoa/contract/policy-resource';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import { ConditionEditor } from './ConditionEditor.tsx';
import { type NamedScope, PlaceEditor } from './PlaceEditor.tsx';
import styles from './policies.module.css';
import { fieldIdOf, fieldOf, type FieldProps, type PlacedProblem, problemsAt } from './placed-problems.ts';
import { withKind, withLevel } from './policy-draft.ts';
import { Slot } from './Slot.tsx';

type Props = {
  readonly draft: SubscriptionDraft;
  readonly scopeName: string | undefined;
  readonly mayBeGlobal: boolean;
  readonly problems: readonly PlacedProblem[];
  readonly isReadOnly: boolean;
  readonly onChange: (draft: SubscriptionDraft) => void;
  readonly onScope: (scope: NamedScope) => void;
};

const kinds = ['grant', 'guardrail'] as const;
const levels = ['entitlements', 'anyone', 'manual'] as const;

/** Named people: each find is added, and the field is free for the next. */
function People({
  ids,
  field,
  onChange,
}: {
  ids: readonly string[];
  field: FieldProps;
  onChange: (ids: string[]) => void;
}) {
  const t = useText();
  const { filter, onSearch, isSearching } = useServerSearch();
  const found = useOperation(getImmutaUsers, { query: { filter, limit: 20 } }, { keepPrevious: true });
  const chosen = useOperation(
    getImmutaUsers,
    { query: { globalUserId: [...ids], limit: Math.max(1, ids.length) } },
    { enabled: ids.length > 0 && ids.length <= 200, keepPrevious: true },
  );
  const names = new Map((chosen.data?.users ?? []).map((one) => [one.globalUserId, one.name]));
  const free = (found.data?.users ?? []).filter((one) => !ids.includes(one.globalUserId));
  return (
    <div className={styles.terms}>
      <ul className={styles.people}>
        {ids.map((id) => (
          <li key={id}>
            {names.get(id) ?? id}
            <ActionButton
              size="xs"
              tone="quiet"
              label={t('policies.remove')}
              fullLabel={t('policies.removeOf', { what: names.get(id) ?? id })}
              onClick={() => onChange(ids.filter((one) => one !== id))}
            />
          </li>
        ))}
      </ul>
      <SearchSelect
        {...field}
        size="xs"
        className={styles.name ?? ''}
        label={t('policies.addPerson')}
        isLabelHidden
        placeholder={t('policies.addPerson')}
        options={free.map((one) => ({
          value: one.globalUserId,
          label: t('people.find.user', { name: one.name, username: one.username }),
        }))}
        value={null}
        onChoose={(option) => onChange([...ids, option.value])}
        onSearch={onSearch}
        isSearching={isSearching(found)}
        problem={found.error}
        nothingFound={t('policies.nothingFound')}
      />
    </div>
  );
}

/** Who reaches data, as a sentence: what it does, who is meant, where it holds. */
export function SubscriptionBuilder(props: Props) {
  const t = useText();
  const { draft, problems, isReadOnly, onChange } = props;
  return (
    <fieldset className={styles.sentence} disabled={isReadOnly}>
      <legend className="sr-only">{t('policies.sentence')}</legend>
      <Slot word={t('policies.word.what')}>
        <NativeSelect
          size="xs"
          aria-label={t('policies.word.what')}
          value={draft.kind}
          data={kinds.map((kind) => ({ value: kind, label: t(`policies.what.${kind}`) }))}
          onChange={(event) => {
            const kind = wordOf(kinds, event.currentTarget.value);
            if (kind !== undefined) onChange(withKind(draft, kind));
          }}
        />
        <p className="caption text-2">{t(`policies.what.${draft.kind}.note`)}</p>
      </Slot>
      <Slot word={t('policies.word.who')}>
        {draft.kind === 'grant' && (
          <NativeSelect
            size="xs"
            aria-label={t('policies.word.who')}
            value={draft.level}
            data={levels.map((level) => ({ value: level, label: t(`policies.level.${level}`) }))}
            onChange={(event) => {
              const level = wordOf(levels, event.currentTarget.value);
              if (level !== undefined) onChange(withLevel(draft, level));
            }}
          />
        )}
        {draft.level === 'entitlements' && (
          <ConditionEditor
            id={fieldIdOf('condition')}
            label={t('policies.condition')}
            value={draft.condition ?? ''}
            language="condition"
            problems={problemsAt(problems, 'condition')}
            isReadOnly={isReadOnly}
            onChange={(condition) => onChange({ ...draft, condition })}
          />
        )}
        {draft.level === 'manual' && (
          <People
            ids={draft.users ?? []}
            field={fieldOf(problems, 'users')}
            onChange={(users) => onChange({ ...draft, users })}
          />
        )}
      </Slot>
      <Slot word={t('policies.word.where')}>
        <PlaceEditor
          part={draft}
          scopeName={props.scopeName}
          mayBeGlobal={props.mayBeGlobal}
          problems={problems}
          onScope={props.onScope}
          onChange={(part) => onChange({ ...draft, ...part })}
        />
      </Slot>
    </fieldset>
  );
}
