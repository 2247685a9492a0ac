import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { Masking, MaskTarget } from '@stoa/contract/masking';
import type { DataDraft } from '@stoa/contract/policy-resource';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { ConditionEditor } from './ConditionEditor.tsx';
import { LanguageText } from './LanguageText.tsx';
import { MaskingFields } from './MaskingFields.tsx';
import { TagField } from './NameFields.tsx';
import { type NamedScope, PlaceEditor } from './PlaceEditor.tsx';
import styles from './policies.module.css';
import { fieldIdOf, fieldOf, type PlacedProblem, problemsAt } from './placed-problems.ts';
import { emptyMasking, withAction } from './policy-draft.ts';
import { IfTagMissing, RowFields } from './RowFields.tsx';
import { Slot } from './Slot.tsx';

type Props = {
  readonly draft: DataDraft;
  readonly scopeName: string | undefined;
  /** Governance: everywhere, and SQL of one's own. */
  readonly mayBeGlobal: boolean;
  readonly problems: readonly PlacedProblem[];
  readonly isReadOnly: boolean;
  readonly onChange: (draft: DataDraft) => void;
  readonly onScope: (scope: NamedScope) => void;
};

const actions = ['mask', 'reveal', 'row'] as const;
const columns = ['tagged', 'nameRegex', 'anyTag', 'noTags', 'all'] as const;
const whos = ['everyoneExcept', 'everyone', 'everyoneWho'] as const;

function emptyTarget(kind: MaskTarget['columns']): MaskTarget {
  if (kind === 'tagged') return { columns: kind, tag: '' };
  return kind === 'nameRegex' ? { columns: kind, regex: '', caseInsensitive: true } : { columns: kind };
}

function Target({
  target,
  problems,
  onChange,
}: Pick<Props, 'problems'> & { target: MaskTarget; onChange: (target: MaskTarget) => void }) {
  const t = useText();
  return (
    <div className={styles.slots}>
      <NativeSelect
        size="xs"
        aria-label={t('policies.target')}
        value={target.columns}
        data={columns.map((kind) => ({ value: kind, label: t(`policies.target.${kind}`) }))}
        onChange={(event) => {
          const kind = wordOf(columns, event.currentTarget.value);
          if (kind !== undefined) onChange(emptyTarget(kind));
        }}
      />
      {target.columns === 'tagged' && (
        <TagField
          label={t('policies.tag')}
          value={target.tag}
          field={fieldOf(problems, 'action.target.tag')}
          onChange={(tag) => onChange({ ...target, tag })}
        />
      )}
      {target.columns === 'nameRegex' && (
        <TextInput
          {...fieldOf(problems, 'action.target.regex')}
          size="xs"
          className={`${styles.name ?? ''} ${styles.monoField ?? ''}`}
          aria-label={t('policies.where.regex')}
          placeholder="e.?mail.*"
          value={target.regex}
          onChange={(event) => onChange({ ...target, regex: event.currentTarget.value })}
        />
      )}
    </div>
  );
}

/** Only some rows of a masked column: the predicate, folded away until it is wanted. */
function CellMask({ draft, problems, onChange }: Pick<Props, 'draft' | 'problems' | 'onChange'>) {
  const t = useText();
  const { action } = draft;
  if (action.kind !== 'mask') return null;
  const { where, ifTagMissing, ...whole } = action;
  return (
    <div className={styles.terms}>
      <Checkbox
        size="xs"
        label={t('policies.cell')}
        checked={where !== undefined}
        onChange={(event) =>
          onChange({
            ...draft,
            action: event.currentTarget.checked ? { ...whole, where: '', ifTagMissing: 'deny' } : whole,
          })
        }
      />
      {where !== undefined && (
        <>
          <LanguageText
            id={fieldIdOf('action.where')}
            label={t('policies.cell.where')}
            value={where}
            language="predicate"
            problems={problemsAt(problems, 'action.where')}
            onChange={(next) => onChange({ ...draft, action: { ...action, where: next } })}
          />
          <IfTagMissing
            value={ifTagMissing}
            onChange={(next) => onChange({ ...draft, action: { ...action, ifTagMissing: next } })}
          />
        </>
      )}
    </div>
  );
}

const others = ['none', 'deny', 'mask'] as const;

function Otherwise({
  draft,
  mayBeGlobal,
  problems,
  onChange,
}: Pick<Props, 'draft' | 'mayBeGlobal' | 'problems' | 'onChange'>) {
  const t = useText();
  const { who, action } = draft;
  if (who.for !== 'everyoneWho' || action.kind === 'reveal') return null;
  const { otherwise } = who;
  const put = (next: Masking | 'none' | 'deny') => onChange({ ...draft, who: { ...who, otherwise: next } });
  const offered = others.filter((one) => action.kind === 'mask' || one !== 'mask');
  return (
    <Slot word={t('policies.otherwise')}>
      <NativeSelect
        size="xs"
        aria-label={t('policies.otherwise')}
        value={typeof otherwise === 'string' ? otherwise : 'mask'}
        data={offered.map((one) => ({ value: one, label: t(`policies.otherwise.${one}`) }))}
        onChange={(event) => {
          const chosen = wordOf(others, event.currentTarget.value);
          if (chosen !== undefined) put(chosen === 'mask' ? emptyMasking('null') : chosen);
        }}
      />
      {typeof otherwise !== 'string' && (
        <MaskingFields
          label={t('policies.mask')}
          masking={otherwise}
          mayWriteSql={mayBeGlobal}
          path="who.otherwise"
          problems={problems}
          onChange={put}
        />
      )}
    </Slot>
  );
}

function Who(props: Props) {
  const t = useText();
  const { draft, problems, isReadOnly, onChange } = props;
  const { who, action } = draft;
  const condition = who.for === 'everyone' ? '' : who.condition;
  const put = (next: DataDraft['who']) => onChange({ ...draft, who: next });
  return (
    <>
      {action.kind !== 'reveal' && (
        <NativeSelect
          size="xs"
          aria-label={t('policies.word.for')}
          value={who.for}
          data={whos.map((one) => ({ value: one, label: t(`policies.who.${one}`) }))}
          onChange={(event) => {
            const chosen = wordOf(whos, event.currentTarget.value);
            if (chosen === 'everyone') put({ for: chosen });
            if (chosen === 'everyoneExcept') put({ for: chosen, condition });
            if (chosen === 'everyoneWho') put({ for: chosen, condition, otherwise: 'none' });
          }}
        />
      )}
      {who.for !== 'everyone' && (
        <ConditionEditor
          id={fieldIdOf('who.condition')}
          label={t('policies.condition')}
          value={condition}
          language="person"
          problems={problemsAt(problems, 'who').filter((one) => !one.path.startsWith('who.otherwise.'))}
          isReadOnly={isReadOnly}
          onChange={(next) => put({ ...who, condition: next })}
        />
      )}
    </>
  );
}

/** What is seen of data, as a sentence: what it does, to which columns or rows, for whom, where. */
export function DataBuilder(props: Props) {
  const t = useText();
  const { draft, problems, isReadOnly, onChange } = props;
  const { action } = draft;
  return (
    <fieldset className={styles.sentence} disabled={isReadOnly}>
      <legend className="sr-only">{t('policies.sentence')}</legend>
      <Slot word={t('policies.word.what')}>
        <NativeSelect
          size="xs"
          aria-label={t('policies.word.what')}
          value={action.kind}
          data={actions.map((kind) => ({ value: kind, label: t(`policies.what.${kind}`) }))}
          onChange={(event) => {
            const kind = wordOf(actions, event.currentTarget.value);
            if (kind !== undefined) onChange(withAction(draft, kind));
          }}
        />
        {action.kind === 'row' ? (
          <RowFields
            row={action.row}
            problems={problems}
            onChange={(row) => onChange({ ...draft, action: { ...action, row } })}
          />
        ) : (
          <Target
            target={action.target}
            problems={problems}
            onChange={(target) => onChange({ ...draft, action: { ...action, target } })}
          />
        )}
      </Slot>
      {action.kind === 'mask' && (
        <Slot word={t('policies.word.how')}>
          <MaskingFields
            label={t('policies.mask')}
            masking={action.masking}
            mayWriteSql={props.mayBeGlobal}
            path="action.masking"
            problems={problems}
            onChange={(masking) => onChange({ ...draft, action: { ...action, masking } })}
          />
          <CellMask draft={draft} problems={problems} onChange={onChange} />
        </Slot>
      )}
      <Slot word={t('policies.word.for')}>
        <Who {...props} />
      </Slot>
      <Otherwise draft={draft} mayBeGlobal={props.mayBeGlobal} problems={problems} onChange={onChange} />
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
