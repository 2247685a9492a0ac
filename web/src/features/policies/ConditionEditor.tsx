import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import type { TextLanguage } from './completion.ts';
import { type FlatCondition, printFlat, readFlat, type Term } from './flat-condition.ts';
import { LanguageText } from './LanguageText.tsx';
import { AttributeField, GroupField } from './NameFields.tsx';
import styles from './policies.module.css';
import type { PlacedProblem } from './placed-problems.ts';

type Props = {
  readonly id: string;
  /** "People who": what the sentence begins with. */
  readonly label: string;
  readonly value: string;
  readonly language: TextLanguage;
  readonly problems: readonly PlacedProblem[];
  readonly isReadOnly: boolean;
  readonly onChange: (text: string) => void;
};

const verbs = ['isIn', 'isNotIn', 'has', 'hasNot'] as const;
type Verb = (typeof verbs)[number];
const verbOf = ({ kind, isNegated }: Term): Verb =>
  kind === 'group' ? (isNegated ? 'isNotIn' : 'isIn') : isNegated ? 'hasNot' : 'has';
const isVerb = (text: string): text is Verb => verbs.some((verb) => verb === text);

function withVerb(term: Term, verb: Verb): Term {
  const isNegated = verb === 'isNotIn' || verb === 'hasNot';
  if (verb === 'isIn' || verb === 'isNotIn')
    return { kind: 'group', name: term.kind === 'group' ? term.name : '', isNegated };
  return term.kind === 'attribute' ? { ...term, isNegated } : { kind: 'attribute', name: '', value: '', isNegated };
}

function TermRow({ term, onChange, onRemove }: { term: Term; onChange: (term: Term) => void; onRemove: () => void }) {
  const t = useText();
  const what = term.kind === 'group' ? term.name : t('policies.attributeIs', { name: term.name, value: term.value });
  return (
    <div className={styles.slots}>
      <NativeSelect
        size="xs"
        aria-label={t('policies.term.verb')}
        value={verbOf(term)}
        data={verbs.map((verb) => ({ value: verb, label: t(`policies.term.${verb}`) }))}
        onChange={(event) => {
          if (isVerb(event.currentTarget.value)) onChange(withVerb(term, event.currentTarget.value));
        }}
      />
      {term.kind === 'group' ? (
        <GroupField label={t('policies.group')} value={term.name} onChange={(name) => onChange({ ...term, name })} />
      ) : (
        <AttributeField
          label={t('policies.attribute')}
          name={term.name}
          value={term.value}
          onChange={(chosen) => onChange({ ...term, ...chosen })}
        />
      )}
      <ActionButton
        size="xs"
        tone="quiet"
        label={t('policies.remove')}
        fullLabel={t('policies.removeOf', { what })}
        onClick={onRemove}
      />
    </div>
  );
}

function Sentence({ flat, onChange }: { flat: FlatCondition; onChange: (flat: FlatCondition) => void }) {
  const t = useText();
  const { terms, operator } = flat;
  const put = (next: readonly Term[]) => onChange({ ...flat, terms: next });
  return (
    <div className={styles.terms}>
      {terms.length > 1 && (
        <NativeSelect
          size="xs"
          className={styles.operator ?? ''}
          aria-label={t('policies.operator')}
          value={operator}
          data={[
            { value: 'all', label: t('policies.operator.all') },
            { value: 'any', label: t('policies.operator.any') },
          ]}
          onChange={(event) => onChange({ ...flat, operator: event.currentTarget.value === 'any' ? 'any' : 'all' })}
        />
      )}
      {terms.map((term, at) => (
        <TermRow
          // A term has nothing to be known by but its place.
          key={`${at}-${terms.length}`}
          term={term}
          onChange={(next) => put(terms.map((one, n) => (n === at ? next : one)))}
          onRemove={() => put(terms.filter((_, n) => n !== at))}
        />
      ))}
      <ActionButton
        size="xs"
        label={t('policies.term.add')}
        onClick={() => put([...terms, { kind: 'group', name: '', isNegated: false }])}
      />
    </div>
  );
}

/** Who is meant: as sentences for the usual cases, as text for all. The text is what is stored. */
export function ConditionEditor({ id, label, value, language, problems, isReadOnly, onChange }: Props) {
  const t = useText();
  const [wantsText, setWantsText] = useState(false);
  const flat = value.trim() === '' ? { operator: 'all' as const, terms: [] } : readFlat(value);
  const isText = wantsText || flat === undefined || isReadOnly;
  return (
    <div id={id} tabIndex={-1} className={styles.condition}>
      {!isReadOnly && (
        <NativeSelect
          size="xs"
          aria-label={t('policies.mode')}
          value={isText ? 'text' : 'sentence'}
          data={[
            { value: 'sentence', label: t('policies.mode.sentence'), disabled: flat === undefined },
            { value: 'text', label: t('policies.mode.text') },
          ]}
          onChange={(event) => setWantsText(event.currentTarget.value === 'text')}
        />
      )}
      {isText || flat === undefined ? (
        <LanguageText
          label={label}
          value={value}
          language={language}
          problems={problems}
          isReadOnly={isReadOnly}
          onChange={onChange}
        />
      ) : (
        <>
          <Sentence flat={flat} onChange={(next) => onChange(printFlat(next))} />
          {problems.length > 0 && (
            <ul className={styles.problems}>
              {problems.map((problem) => (
                <li key={problem.message}>{problem.message}</li>
              ))}
            </ul>
          )}
        </>
      )}
      {flat === undefined && !isReadOnly && <p className="caption text-2">{t('policies.mode.tooRich')}</p>}
    </div>
  );
}
