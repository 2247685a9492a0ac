import { Radio } from '@mantine/core';
import { getAccessRequestById, getAccessRequestRecords, searchAccessRequests } from '@stoa/contract/access-request';
import { listRiskAssessments } from '@stoa/contract/assist';
import { type BulkResult, determineAccessRequests } from '@stoa/contract/bulk-determination';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import type { ProvisioningStatus } from '@stoa/contract/provisioning';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { type Ability, ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { type Duration, DurationPicker, useDurationText } from '../../ui/DurationPicker.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ReasonBox } from '../../ui/ReasonBox.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { useUnsaved } from '../../ui/unsaved.tsx';
import { targetNameOf } from './asked-target.tsx';
import type { Candidate } from './bulk-choice.ts';
import { type Followed, type Plans, Statements, useFollowed, usePlans } from './bulk-platforms.tsx';
import { type Choice, choices, determinationOf, startDuration } from './decision.ts';
import { periodsOf } from './periods.ts';
import { ProvisioningMark } from './ProvisioningMark.tsx';
import { Answers } from './RequestAnswers.tsx';
import { ConflictMark, RiskMark } from './RiskMark.tsx';
import styles from './lists.module.css';
import actStyles from './reroute.module.css';

type Props = {
  readonly chosen: readonly Candidate[];
  readonly onResults: (results: readonly BulkResult[]) => void;
  readonly onClose: () => void;
};

const shown = [
  searchAccessRequests,
  getAccessRequestById,
  getAccessRequestRecords,
  getAccessRequestEvidence,
  listRiskAssessments,
];
const isChoice = (value: string): value is Choice => choices.some((choice) => choice === value);

/** What to look at before this one is decided with the others. */
function Flags({ one: { request, risk } }: { one: Candidate }) {
  const t = useText();
  const { progress } = request;
  const isForOther = request.user.globalUserId !== request.requestingUser.globalUserId;
  return (
    <ul className="small text-2">
      {isForOther && <li>{t('bulkDecision.behalf', { who: request.requestingUser.name })}</li>}
      {risk?.conflictDetected === true && (
        <li>
          <ConflictMark /> {t('bulkDecision.conflict')}
        </li>
      )}
      {(request.changedSince ?? []).map((what) => (
        <li key={what}>{t(`bulkDecision.changed.${what}`)}</li>
      ))}
      {request.awaitsAcceptance === true && <li>{t('bulkDecision.awaits')}</li>}
      {progress !== undefined && progress.total > 1 && <li>{t('bulkDecision.stages', progress)}</li>}
    </ul>
  );
}

function Outcome({ result, provisioning }: { result: BulkResult; provisioning: ProvisioningStatus | undefined }) {
  const t = useText();
  if (result.outcome === 'REFUSED') {
    const { detail, next } = result.problem;
    return (
      <p className={styles.refused}>
        <strong>{t('bulkDecision.refused')}</strong> {detail} {next}
      </p>
    );
  }
  const { status } = result.accessRequest;
  if (status === 'PENDING') return t('bulkDecision.part');
  const decided = <StatusMark kind="request" value={status} />;
  return <ProvisioningMark provisioning={provisioning} otherwise={decided} />;
}

type ItemProps = {
  one: Candidate;
  result: BulkResult | undefined;
  provisioning: ProvisioningStatus | undefined;
  isBusy: boolean;
};

function Item({ one, result, provisioning, isBusy }: ItemProps) {
  const t = useText();
  const duration = useDurationText();
  const { request, risk } = one;
  return (
    <li>
      <span>
        <LinkTo
          to="/reviews/$requestId"
          params={{ requestId: request.id }}
          search={{}}
          target="_blank"
          aria-label={t('bulkDecision.open', { who: request.user.name })}
        >
          {request.user.name}
        </LinkTo>{' '}
        <span className="text-2">{t('bulkDecision.asked', { period: duration(periodsOf(request).asked) })}</span>
      </span>
      {result === undefined ? (
        isBusy ? (
          <span className="text-2">{t('bulkDecision.busy')}</span>
        ) : (
          risk !== undefined && <RiskMark risk={risk.approvalRisk} />
        )
      ) : (
        <Outcome result={result} provisioning={provisioning} />
      )}
      <Flags one={one} />
    </li>
  );
}

/** The decision that is being put together, and how it is sent: bound to those plans that were shown. */
function useBulkDecision({ chosen, onResults, plans }: Omit<Props, 'onClose'> & { readonly plans: Plans }) {
  const t = useText();
  const announce = useAnnounce();
  const asked = chosen[0]?.request.requestedDuration ?? null;
  const [choice, setChoice] = useState<Choice>();
  const [reason, setReason] = useState('');
  const [period, setPeriod] = useState<Duration>(startDuration(asked));
  const command = useCommand(determineAccessRequests, {
    invalidates: shown,
    onSuccess: ({ results }) => {
      const decided = results.filter(({ outcome }) => outcome === 'DECIDED').length;
      announce(t('bulkDecision.done', { decided, refused: results.length - decided }));
      onResults(results);
    },
  });
  useUnsaved(() => command.data === undefined && reason.trim() !== '');
  const decide = (picked: Choice) =>
    command.mutate({
      body: {
        ...determinationOf({ choice: picked, reason, duration: period }, picked, undefined),
        accessRequests: chosen.map(({ request: { id } }) => {
          const planHash = picked === 'deny' ? undefined : plans.hashOf(id);
          return planHash === undefined ? { id } : { id, planHash };
        }),
      },
    });
  return { choice, setChoice, reason, setReason, period, setPeriod, command, decide };
}

type Decision = ReturnType<typeof useBulkDecision>;

function Form({
  chosen,
  decision,
  onClose,
}: {
  chosen: readonly Candidate[];
  decision: Decision;
  onClose: () => void;
}) {
  const t = useText();
  const duration = useDurationText();
  const [isTried, setIsTried] = useState(false);
  const { choice, command, reason, period } = decision;
  const isMissing = reason.trim() === '';
  const counted = { count: chosen.length, period: duration(period) };
  const refused = chosen.map(({ request }) => abilityOn(request.abilities, 'approve')).find(({ allowed }) => !allowed);
  const ability: Ability =
    choice === undefined
      ? { allowed: false, reason: t('bulkDecision.chooseFirst') }
      : choice !== 'deny' && refused !== undefined
        ? refused
        : { allowed: true };
  const submit = () => {
    setIsTried(true);
    if (choice !== undefined && !isMissing) decision.decide(choice);
  };
  return (
    <>
      <Radio.Group
        label={t('reviews.choice.label')}
        value={choice ?? null}
        onChange={(next) => isChoice(next) && decision.setChoice(next)}
      >
        <div className={styles.row}>
          {choices.map((one) => (
            <Radio key={one} value={one} label={t(`reviews.choice.${one}`)} />
          ))}
        </div>
      </Radio.Group>
      {choice === 'time' && (
        <DurationPicker
          value={period}
          mayBeUnlimited={false}
          onChange={(next) => next !== null && decision.setPeriod(next)}
        />
      )}
      <ReasonBox
        value={reason}
        onChange={decision.setReason}
        hint={t('reviews.reason.hint')}
        maxLength={4000}
        error={isTried && isMissing ? t('ui.reason.required') : undefined}
      />
      <p aria-live="polite">{t(`bulkDecision.effect.${choice ?? 'none'}`, counted)}</p>
      {command.error !== null && <ErrorNotice problem={command.error} isWrite />}
      <div className={actStyles.acts}>
        <ActionButton label={t('ui.dialog.cancel')} onClick={onClose} />
        <ActionButton
          tone={choice === 'deny' ? 'danger' : 'primary'}
          label={t(`bulkDecision.button.${choice ?? 'none'}`, counted)}
          ability={ability}
          isBusy={command.isPending}
          onClick={submit}
        />
      </div>
    </>
  );
}

const approvedOf = (results: readonly BulkResult[] = []): string[] =>
  results.flatMap((one) => (one.outcome === 'DECIDED' && one.accessRequest.status === 'APPROVED' ? [one.id] : []));

type DoneProps = {
  results: readonly BulkResult[];
  followed: Followed;
  onClose: () => void;
};

function Done({ results, followed, onClose }: DoneProps) {
  const t = useText();
  const decided = results.filter(({ outcome }) => outcome === 'DECIDED').length;
  const refused = results.length - decided;
  const approved = approvedOf(results).length;
  const proved = [...followed.states.values()].filter(({ state }) => state === 'ACTIVE').length;
  return (
    <>
      <p>
        <strong>{t('bulkDecision.done', { decided, refused })}</strong> {refused > 0 && t('bulkDecision.again')}
      </p>
      {followed.error !== null && (
        <ErrorNotice problem={followed.error} isLastShown={followed.states.size > 0} onRetry={followed.retry} />
      )}
      {approved > 0 && <p aria-live="polite">{t('bulkDecision.proved', { count: approved, proved })}</p>}
      <div className={actStyles.acts}>
        <ActionButton tone="primary" label={t('bulkDecision.close')} onClick={onClose} />
      </div>
    </>
  );
}

/** Decides several like requests in one pass: each is listed, with a way to its evidence, and each is decided by itself. */
export function BulkDecisionDialog(props: Props) {
  const t = useText();
  // What is decided leaves the selection, and stays on the sheet.
  const [chosen] = useState(props.chosen);
  const plans = usePlans(chosen.map(({ request }) => request.id));
  const decision = useBulkDecision({ chosen, plans, onResults: props.onResults });
  const { data, isPending } = decision.command;
  const followed = useFollowed(approvedOf(data?.results));
  const nameOf = (id: string) => chosen.find(({ request }) => request.id === id)?.request.user.name ?? id;
  const first = chosen[0]?.request;
  return (
    <Dialog
      opened
      onClose={props.onClose}
      size="lg"
      title={t('bulkDecision.title', {
        count: chosen.length,
        target: first === undefined ? '' : targetNameOf(first),
      })}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.stack}>
        <p className="text-2">{t('bulkDecision.lead')}</p>
        <ul className={styles.together} aria-label={t('bulkDecision.list')} aria-busy={isPending || undefined}>
          {chosen.map((one) => (
            <Item
              key={one.request.id}
              one={one}
              isBusy={isPending}
              provisioning={followed.states.get(one.request.id)}
              result={data?.results.find(({ id }) => id === one.request.id)}
            />
          ))}
        </ul>
        {data === undefined ? (
          <>
            {first !== undefined && <Answers request={first} />}
            <Statements plans={plans} nameOf={nameOf} />
            <Form chosen={chosen} decision={decision} onClose={props.onClose} />
          </>
        ) : (
          <Done results={data.results} followed={followed} onClose={props.onClose} />
        )}
      </div>
    </Dialog>
  );
}
