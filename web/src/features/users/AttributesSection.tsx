import type { Attributes } from '@stoa/contract/person';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { type Ability, ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { Section } from '../../ui/Section.tsx';
import type { ChangeWords } from '../preview/use-change.tsx';
import {
  type AttributeDraft,
  attributesOfRows,
  draftOnto,
  rowsOfAttributes,
  sameAttributes,
  takeTheirs,
} from './attribute-rows.ts';
import { AttributesEditor } from './AttributesEditor.tsx';
import styles from './People.module.css';

/** The attributes as they are written, always on top of what is saved by now. */
export function useAttributeDraft(saved: Attributes) {
  const [draft, setDraft] = useState<AttributeDraft>();
  const now = draft ?? { base: saved, rows: rowsOfAttributes(saved), conflicts: [] };
  // Somebody else saved meanwhile.
  if (draft !== undefined && !sameAttributes(draft.base, saved)) setDraft(draftOnto(draft, saved));
  return { now, setDraft, forget: () => setDraft(undefined) };
}

type Props = {
  readonly name: string;
  readonly saved: Attributes;
  readonly draft: ReturnType<typeof useAttributeDraft>;
  readonly rights: Ability;
  readonly isBusy: boolean;
  readonly hasMoved: boolean;
  readonly onSave: (attributes: Attributes, words: ChangeWords) => void;
};

/** The attributes of a person or a group, and the act that saves them. */
export function AttributesSection({ name, saved, draft, rights, isBusy, hasMoved, onSave }: Props) {
  const t = useText();
  const { now, setDraft } = draft;
  const attributes = attributesOfRows(now.rows);
  const refusal =
    now.conflicts.length > 0
      ? t('people.attribute.chooseFirst')
      : sameAttributes(attributes, saved)
        ? t('people.noChanges')
        : undefined;
  return (
    <Section title={t('people.attributes')} lead={t('people.attributesLead')}>
      {hasMoved && now.conflicts.length === 0 && <Banner tone="warning">{t('people.attribute.moved')}</Banner>}
      {now.conflicts.length > 0 && (
        <Banner
          tone="warning"
          action={
            <>
              <ActionButton
                size="xs"
                label={t('people.attribute.takeTheirs')}
                onClick={() => setDraft(takeTheirs(now))}
              />
              <ActionButton
                size="xs"
                label={t('people.attribute.keepMine')}
                onClick={() => setDraft({ ...now, conflicts: [] })}
              />
            </>
          }
        >
          {now.conflicts.map((one) => (
            <p key={one}>
              {t('people.attribute.conflict', {
                name: one,
                count: saved[one]?.length ?? 0,
                values: (saved[one] ?? []).join(', '),
              })}
            </p>
          ))}
        </Banner>
      )}
      <AttributesEditor rows={now.rows} onChange={(rows) => setDraft({ ...now, rows })} isReadOnly={!rights.allowed} />
      <div className={styles.buttons}>
        <ActionButton
          label={t('people.save')}
          ability={rights.allowed && refusal !== undefined ? { allowed: false, reason: refusal } : rights}
          isBusy={isBusy}
          onClick={() =>
            onSave(attributes, { title: t('people.attributesTitle', { name }), confirmLabel: t('people.save') })
          }
        />
      </div>
    </Section>
  );
}
