import { type AccessExplanation, explainAccess } from '@stoa/contract/access';
import { IconCircleCheck, IconShieldX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { useCurrentUser } from '../../app/current-user.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { ExplainColumns, ExplainRows } from './ExplainColumns.tsx';
import styles from './lists.module.css';
import { useReasonText } from './reason-text.ts';

function Line({ holds, children }: { holds: boolean; children: ReactNode }) {
  const t = useText();
  const Mark = holds ? IconCircleCheck : IconShieldX;
  return (
    <li data-fails={!holds || undefined}>
      <Mark size={16} stroke={1.75} aria-hidden="true" />
      <div>
        <span className="sr-only">{t(holds ? 'explain.holds' : 'explain.fails')} </span>
        {children}
      </div>
    </li>
  );
}

function Path({ path }: { path: AccessExplanation['path'] }) {
  const t = useText();
  const intl = useIntl();
  return (
    <ol className={styles.path}>
      {path.map((step) => (
        <Line key={`${step.kind}-${step.name}`} holds={step.holds}>
          <span className="text-2">{t(`explain.step.${step.kind}`)}</span>{' '}
          {step.kind === 'user' || step.kind === 'ask' || step.kind === 'request' ? (
            step.name
          ) : (
            <Identifier value={step.name} />
          )}
          {step.text !== undefined && <p className="small text-2">{step.text}</p>}
          {step.people !== undefined && step.people.length > 0 && (
            <p className="small text-2">
              {t('explain.ask', {
                people: intl.formatList(
                  step.people.map((one) => one.name),
                  { type: 'disjunction' },
                ),
              })}
            </p>
          )}
        </Line>
      ))}
    </ol>
  );
}

function Causes({ causes }: { causes: AccessExplanation['causes'] }) {
  const t = useText();
  const reasonText = useReasonText();
  return (
    <ul className={styles.path}>
      {causes.map((cause) => (
        <Line key={`${cause.kind}-${cause.label}-${cause.requestId ?? cause.policyId ?? ''}`} holds={cause.gives}>
          {cause.kind === 'policy' && <span className="text-2">{t('explain.policy')} </span>}
          {cause.requestId === undefined ? (
            cause.label
          ) : (
            <LinkTo to="/requests/$id" params={{ id: cause.requestId }}>
              {cause.label}
            </LinkTo>
          )}{' '}
          {cause.until !== undefined && (
            <span className="text-2">
              <Say id="marketplace.until" values={{ date: <TimeStamp value={cause.until} style="date" /> }} />
            </span>
          )}
          {cause.reason !== null && <p className="small text-2">{reasonText(cause.reason)}</p>}
        </Line>
      ))}
    </ul>
  );
}

/** Each policy that acts here, with what every call of its condition came to. */
function Policies({ policies, formula }: Required<Pick<AccessExplanation, 'policies' | 'formula'>>) {
  const t = useText();
  return (
    <section aria-labelledby="explain-policies">
      <h3 id="explain-policies" className="group-label">
        {t('explain.policies')}
      </h3>
      {formula !== null && <p className="mono small text-2">{formula}</p>}
      <ul className={styles.path}>
        {(policies ?? []).map((policy) => (
          <Line key={policy.policyId} holds={policy.result}>
            {policy.name} <span className="small text-2">{t(`explain.kind.${policy.kind}`)}</span>
            {policy.truth.map((call) => (
              <p key={call.call} className="small text-2">
                <span className="mono">{call.call}</span> {t(call.value ? 'explain.isTrue' : 'explain.isFalse')}{' '}
                {call.because}
              </p>
            ))}
          </Line>
        ))}
      </ul>
    </section>
  );
}

type Asked = { readonly user: string; readonly sourceId: number };

function Explanation({ explanation, asked }: { explanation: AccessExplanation; asked: Asked }) {
  const t = useText();
  const { causes, guardrails, path, next, proof, source } = explanation;
  const reasonText = useReasonText();
  const bypass = explanation.bypass ?? [];
  // The path names a person by id; the answer says beside it who that is.
  const steps = path.map((step) =>
    step.kind === 'user' ? { ...step, name: explanation.user?.name ?? step.name } : step,
  );
  return (
    <div className={styles.stack}>
      <p className={styles.row}>
        <StatusMark kind="access" value={explanation.effective} isTinted />
        {source !== undefined && <Identifier value={source.objectPath.join('.')} />}
      </p>
      {next !== undefined && <p>{next}</p>}
      <section aria-labelledby="explain-path">
        <h3 id="explain-path" className="group-label">
          {t('explain.path')}
        </h3>
        <Path path={steps} />
      </section>
      <section aria-labelledby="explain-causes">
        <h3 id="explain-causes" className="group-label">
          {t('explain.causes')}
        </h3>
        {causes.length === 0 ? <p className="text-2">{t('explain.noCause')}</p> : <Causes causes={causes} />}
      </section>
      {guardrails.length > 0 && (
        <section aria-labelledby="explain-guardrails">
          <h3 id="explain-guardrails" className="group-label">
            {t('explain.guardrails')}
          </h3>
          <ul className={styles.path}>
            {guardrails.map((rail) => (
              <Line key={rail.name} holds={rail.passes}>
                {reasonText(rail.name)} <span className="small text-2">{reasonText(rail.reason)}</span>
              </Line>
            ))}
          </ul>
        </section>
      )}
      {explanation.policies !== undefined && explanation.policies.length > 0 && (
        <Policies policies={explanation.policies} formula={explanation.formula ?? null} />
      )}
      <ExplainColumns explanation={explanation} asked={asked} />
      <ExplainRows rows={explanation.rows ?? []} />
      {bypass.length > 0 && <p>{t('explain.bypass', { ways: bypass.join(' · ') })}</p>}
      {proof !== null && proof !== undefined && (
        <p className="small text-2">
          <Say
            id="explain.proof"
            values={{
              principal: <Identifier value={proof.principal} isCopyable={false} />,
              probe: <span className="mono">{proof.probe}</span>,
              when: <TimeStamp value={proof.observedAt} isFocusable />,
            }}
          />
        </p>
      )}
    </div>
  );
}

type Props = Asked & { readonly onClose: () => void };

/** Why somebody may read a source, or why not: every cause, every condition, and the way in. */
export function ExplainDialog({ user, sourceId, onClose }: Props) {
  const t = useText();
  const me = useCurrentUser();
  const answer = useOperation(explainAccess, { query: { user, sourceId } });
  const other = user === me?.globalUserId ? undefined : answer.data?.user;
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={other === undefined ? t('explain.title') : t('explain.titleOf', { name: other.name })}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      {answer.error !== null && <ErrorNotice problem={answer.error} onRetry={() => void answer.refetch()} />}
      {answer.isPending && <SkeletonText lines={6} />}
      {answer.data !== undefined && <Explanation explanation={answer.data} asked={{ user, sourceId }} />}
    </Dialog>
  );
}
