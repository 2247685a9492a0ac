import type { Ability } from '@stoa/contract/person';
import type { FormField } from '@stoa/contract/request-form';
import type { KeyboardEvent, ReactNode } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { useFollowingDraft } from '../../lib/following-draft.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LeaveQuestion } from '../../ui/LeaveQuestion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { type FlowDraft, type FlowMode, problemsUnder } from './flow-draft.ts';
import { openParts } from './facts.ts';
import { FlowEditor } from './FlowEditor.tsx';
import styles from './flows.module.css';
import type { SimulationScope } from './use-simulation.ts';

type Props = {
  readonly title: string;
  readonly facts: ReactNode;
  readonly saved: FlowDraft;
  /** Nothing is set: what is shown is the default, and saving sets it. */
  readonly isDefault?: boolean;
  /** The form that decides by itself, so that this flow is asked about nothing. */
  readonly inactiveBy?: string | undefined;
  readonly fields: readonly FormField[];
  readonly mode: FlowMode;
  readonly scope: SimulationScope;
  /** What the flow is called in the body of a save; errors carry it. */
  readonly member: string;
  readonly ability: Ability;
  readonly save: { readonly error: ApiProblem | null; readonly isPending: boolean; readonly isSuccess: boolean };
  /** Answers whether it was sent. */
  readonly onSave: (flow: FlowDraft) => boolean;
};

/** A flow on a page of its own: sentences, simulator, one button. */
export function FlowScreen(props: Props) {
  const { title, saved, ability, save, onSave, mode } = props;
  const t = useText();
  const { draft, setDraft, setSent, isChanged, hasMoved, takeTheirs } = useFollowingDraft(saved, save.isSuccess);
  const isWhole = openParts(draft, props.fields, t).length === 0;
  const maySave = !ability.allowed
    ? ability
    : isChanged && isWhole
      ? { allowed: true }
      : { allowed: false, reason: t(isChanged ? 'flows.try.invalid' : 'flows.page.unchanged') };
  const submit = () => {
    if (maySave.allowed && onSave(draft)) setSent(draft);
  };
  const label = t(mode === 'form' ? 'flows.page.saveVersion' : 'flows.page.save');
  useCommands([{ id: 'flow-save', label, group: 'page', keys: 'Ctrl S', run: submit }]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    submit();
  };
  const problems = problemsUnder(save.error?.fields ?? [], props.member);
  return (
    <div onKeyDown={onKeyDown}>
      <PageHeader
        section={t('flows.list.title')}
        title={title}
        facts={props.facts}
        action={
          <ActionButton tone="primary" label={label} ability={maySave} isBusy={save.isPending} onClick={submit} />
        }
      />
      {!ability.allowed && <Banner>{t('flows.page.readOnly', { reason: ability.reason ?? '' })}</Banner>}
      {props.inactiveBy !== undefined && (
        <Banner tone="warning">{t('flows.page.inactive', { form: props.inactiveBy })}</Banner>
      )}
      {props.isDefault === true && <Banner>{t('flows.page.default')}</Banner>}
      {hasMoved && (
        <Banner tone="warning" action={<ActionButton size="xs" label={t('forms.takeTheirs')} onClick={takeTheirs} />}>
          {t('flows.page.moved')}
        </Banner>
      )}
      {save.error !== null && <ErrorNotice problem={save.error} isWrite />}
      <p className={styles.note}>{t(mode === 'form' ? 'flows.page.pinnedForm' : 'flows.page.pinnedTarget')}</p>
      <FlowEditor
        value={draft}
        onChange={setDraft}
        fields={props.fields}
        mode={mode}
        readOnly={!ability.allowed}
        problems={problems}
        simulate={props.scope}
      />
      <LeaveQuestion mustAsk={() => isChanged} />
    </div>
  );
}
