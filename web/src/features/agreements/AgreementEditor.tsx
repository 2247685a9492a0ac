import { Textarea, TextInput } from '@mantine/core';
import type { Ability } from '@stoa/contract/person';
import type { DataUseAgreement } from '@stoa/contract/data-use-agreement';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './Agreements.module.css';
import { TextDifference } from '../../ui/TextDifference.tsx';
import { useAgreementDraft } from './use-agreement-draft.ts';

const longestBody = 100_000;

type State = ReturnType<typeof useAgreementDraft>;

function Fields({ state, ability }: { state: State; ability: Ability }) {
  const t = useText();
  const { draft, errors } = state;
  const mayName = ability.allowed && (ability.fieldsAllowed === undefined || ability.fieldsAllowed.includes('name'));
  return (
    <>
      <TextInput
        className="form-column"
        label={t('agreements.edit.name')}
        required
        maxLength={255}
        readOnly={!mayName}
        error={errors.name}
        value={draft.name}
        onChange={(event) => state.change({ name: event.currentTarget.value })}
      />
      <div className={styles.columns}>
        <Textarea
          label={t('agreements.edit.body')}
          required
          autosize
          minRows={14}
          maxRows={30}
          maxLength={longestBody}
          readOnly={!ability.allowed}
          error={errors.body}
          value={draft.body}
          onChange={(event) => state.change({ body: event.currentTarget.value })}
        />
        <div>
          <p className="group-label">{t('agreements.edit.preview')}</p>
          <div className={styles.preview}>
            {draft.body.trim() === '' ? (
              <p className="text-2">{t('agreements.edit.empty')}</p>
            ) : (
              <MarkdownText text={draft.body} />
            )}
          </div>
        </div>
      </div>
    </>
  );
}

function Buttons({
  agreement,
  state,
  ability,
}: {
  agreement: DataUseAgreement | undefined;
  state: State;
  ability: Ability;
}) {
  const t = useText();
  const next = (agreement?.version ?? 0) + 1;
  const refusal = !ability.allowed
    ? ability
    : state.hasMoved
      ? { allowed: false, reason: t('agreements.edit.movedReason') }
      : state.isChanged
        ? { allowed: true }
        : { allowed: false, reason: t('agreements.edit.same') };
  return (
    <div className={styles.buttons}>
      <ActionButton
        tone="primary"
        label={t('agreements.edit.publish', { version: next })}
        ability={refusal}
        isBusy={state.isBusy}
        onClick={state.publish}
      />
      {state.isKept && <ActionButton tone="quiet" label={t('agreements.edit.discard')} onClick={state.discard} />}
      <span className="small text-2">
        {agreement === undefined ? t('agreements.edit.first') : t('agreements.edit.effect', { version: next })}
      </span>
    </div>
  );
}

/** The text, and beside it what people will read; below it what publishing would change. */
export function AgreementEditor({ agreement }: { agreement: DataUseAgreement | undefined }) {
  const t = useText();
  const announce = useAnnounce();
  const state = useAgreementDraft(agreement);
  const ability: Ability = agreement === undefined ? { allowed: true } : abilityOn(agreement.abilities, 'edit');
  return (
    <div
      className={styles.editor}
      onKeyDown={(event) => {
        if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        announce(t('agreements.edit.draftKept'));
      }}
    >
      {state.hasMoved && agreement !== undefined && (
        <Banner
          tone="warning"
          action={
            <ActionButton
              size="xs"
              label={t('agreements.edit.goOn', { version: agreement.version ?? 1 })}
              onClick={() => state.change({ base: agreement.version ?? 1 })}
            />
          }
        >
          {t('agreements.edit.moved', { version: agreement.version ?? 1, who: agreement.updatedBy.name })}
        </Banner>
      )}
      {!ability.allowed && <Banner>{ability.reason}</Banner>}
      {state.problem !== null && <ErrorNotice problem={state.problem} isWrite />}
      <Fields state={state} ability={ability} />
      {ability.allowed && <Buttons agreement={agreement} state={state} ability={ability} />}
      {ability.allowed && <p className="caption text-2">{t('agreements.edit.kept')}</p>}
      {agreement !== undefined && state.draft.body !== agreement.body && (
        <Section title={t('agreements.edit.change')}>
          <TextDifference before={agreement.body} after={state.draft.body} />
        </Section>
      )}
    </div>
  );
}
