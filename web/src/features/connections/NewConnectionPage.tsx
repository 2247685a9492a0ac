import { useSessionStorage } from '@mantine/hooks';
import {
  createConnection,
  createConnectionScript,
  listConnections,
  preflightConnection,
  type PreflightReport,
} from '@stoa/contract/connection';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { SummaryErrors } from '../../ui/SummaryErrors.tsx';
import {
  badFields,
  bodyOf,
  configOf,
  type ConnectionDraft,
  type DraftField,
  emptyDraft,
  type Step,
  steps,
} from './connection-draft.ts';
import { CredentialFields, Checks } from './credentials-step.tsx';
import { IdentityFields } from './IdentityFields.tsx';
import styles from './NewConnectionPage.module.css';
import { PlatformStep } from './platform-step.tsx';
import { WizardSteps } from './WizardSteps.tsx';

const nextText: Readonly<Record<Step, MessageId>> = {
  platform: 'connections.new.toAccount',
  account: 'connections.new.toChecks',
  checks: 'connections.new.toIdentity',
  identity: 'connections.new.create',
};

function ScriptStep({ draft }: { draft: ConnectionDraft }) {
  const t = useText();
  const body = { technology: 'PostgreSQL', config: configOf(draft) } as const;
  // Computed, nothing is written: it is read like a page, though it travels as a POST.
  const script = useOperation(createConnectionScript, { body });
  return (
    <>
      <p className="measure">
        <b>{t('connections.script.title')}.</b> {t('connections.script.text')}
      </p>
      {script.error !== null && <ErrorNotice problem={script.error} onRetry={() => void script.refetch()} />}
      {script.isPending && <SkeletonText lines={8} />}
      {script.data !== undefined && (
        <StatementBlock statements={[script.data.script]} title={t('connections.script.label')} isOpenAtFirst />
      )}
    </>
  );
}

/** The checks, and whether they still speak of what is entered. */
function usePreflight(draft: ConnectionDraft, password: string) {
  const fingerprint = JSON.stringify([configOf(draft), draft.username, password]);
  const [result, setResult] = useState<{ report: PreflightReport; fingerprint: string }>();
  const command = useCommand(preflightConnection, {
    onSuccess: (report) => setResult({ report, fingerprint }),
  });
  return {
    report: result?.report,
    isStale: result !== undefined && result.fingerprint !== fingerprint,
    isBusy: command.isPending,
    problem: command.error,
    run: () => command.mutate({ body: bodyOf(draft, password) }),
  };
}

function useErrors(step: Step, draft: ConnectionDraft, password: string) {
  const t = useText();
  const [attempt, setAttempt] = useState({ step, count: 0 });
  const bad = badFields(step, draft, password);
  const isTried = attempt.step === step && attempt.count > 0;
  const messageOf = (field: DraftField) => t(`connections.field.${field}Bad`);
  return {
    attempt: isTried ? attempt.count : 0,
    isBad: bad.length > 0,
    tryStep: () => setAttempt({ step, count: isTried ? attempt.count + 1 : 1 }),
    errorOf: (field: DraftField) => (isTried && bad.includes(field) ? messageOf(field) : undefined),
    summary: isTried ? bad.map((field) => ({ fieldId: `connection-${field}`, message: messageOf(field) })) : [],
  };
}

function useStep(draft: ConnectionDraft): Step {
  const named = useListState().text('step');
  const step = steps.find((one) => one === named) ?? 'platform';
  // A link into the middle of an empty wizard starts at its beginning.
  return badFields('platform', draft, '').length > 0 ? 'platform' : step;
}

/** The field that was written in goes with its step; the one that comes takes the focus, so that the keys lead on. */
function useFocusOfStep(step: Step) {
  const form = useRef<HTMLFormElement>(null);
  const before = useRef(step);
  useEffect(() => {
    if (before.current === step) return;
    before.current = step;
    form.current?.focus({ preventScroll: true });
  }, [step]);
  return form;
}

/** From a platform to a connection: where it is, an account of our own, checks, people, first sync. */
export function NewConnectionPage() {
  const t = useText();
  const navigate = useNavigate();
  const [kept, setDraft, forget] = useSessionStorage<ConnectionDraft>({
    key: 'stoa.new-connection',
    defaultValue: emptyDraft,
    getInitialValueInEffect: false,
  });
  // What an earlier version of the screen kept may lack a member.
  const draft = { ...emptyDraft, ...kept };
  const [password, setPassword] = useState('');
  const change = (part: Partial<ConnectionDraft>) => setDraft((before) => ({ ...before, ...part }));
  const step = useStep(draft);
  const form = useFocusOfStep(step);
  const errors = useErrors(step, draft, password);
  const preflight = usePreflight(draft, password);
  const create = useCommand(createConnection, {
    invalidates: [listConnections],
    onSuccess: (made) => {
      forget();
      void navigate({ to: '/admin/connections/$key', params: { key: made.connectionKey }, search: {} });
    },
  });
  const hasFailed = preflight.report?.checks.some((check) => check.result === 'fail') === true;
  const mustRun = preflight.report === undefined || preflight.isStale;
  const checksDone = mustRun
    ? { allowed: false, reason: t('connections.checks.mustRun') }
    : { allowed: !hasFailed, reason: t('connections.checks.mustPass') };
  const goTo = (to: Step | undefined) => to !== undefined && void navigate({ to: '.', search: { step: to } });
  const back = () => goTo(steps[steps.indexOf(step) - 1]);
  const next = () => {
    errors.tryStep();
    if (errors.isBad) return;
    if (step === 'identity') create.mutate({ body: bodyOf(draft, password) });
    else if (step === 'checks' && mustRun) preflight.run();
    else if (step === 'checks' && !checksDone.allowed) return;
    else goTo(steps[steps.indexOf(step) + 1]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) next();
    else if (event.key === 'ArrowLeft' && event.altKey) back();
    else return;
    event.preventDefault();
  };
  const runChecks = () => {
    errors.tryStep();
    if (!errors.isBad) preflight.run();
  };
  return (
    <>
      <PageHeader title={t('connections.new.title')} section={t('connections.title')} />
      <div className={styles.layout}>
        <WizardSteps current={step} />
        <form
          ref={form}
          tabIndex={-1}
          aria-label={t(`connections.new.step.${step}`)}
          noValidate
          className={`${styles.form} ${step === 'platform' || step === 'identity' ? '' : styles.wide}`}
          onKeyDown={onKeyDown}
          onSubmit={(event) => {
            event.preventDefault();
            next();
          }}
        >
          <SummaryErrors errors={errors.summary} attempt={errors.attempt} />
          {step === 'platform' && <PlatformStep draft={draft} change={change} errorOf={errors.errorOf} />}
          {step === 'account' && <ScriptStep draft={draft} />}
          {step === 'checks' && (
            <>
              <CredentialFields
                username={draft.username}
                password={password}
                onUsername={(username) => change({ username })}
                onPassword={setPassword}
                usernameError={errors.errorOf('username')}
                passwordError={errors.errorOf('password')}
              />
              <Checks {...preflight} onRun={runChecks} />
            </>
          )}
          {step === 'identity' && (
            <IdentityFields
              template={draft.template}
              interval={draft.interval}
              onTemplate={(template) => change({ template })}
              onInterval={(interval) => change({ interval })}
              error={errors.errorOf('template')}
            />
          )}
          {create.error !== null && step === 'identity' && <ErrorNotice problem={create.error} isWrite />}
          <div className={styles.buttons}>
            {step !== 'platform' && <ActionButton label={t('connections.new.back')} onClick={back} />}
            <ActionButton
              type="submit"
              tone="primary"
              label={t(step === 'checks' && mustRun ? 'connections.checks.run' : nextText[step])}
              isBusy={create.isPending || (step === 'checks' && mustRun && preflight.isBusy)}
              {...((step === 'checks' && !mustRun) || step === 'identity' ? { ability: checksDone } : {})}
              onClick={() => undefined}
            />
            <span className={styles.hint}>{t('connections.new.keys')}</span>
          </div>
        </form>
      </div>
    </>
  );
}
