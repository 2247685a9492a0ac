import { type AccessRequest, getAccessRequestById, getAccessRequestRecords } from '@stoa/contract/access-request';
import type { ApprovalRecord } from '@stoa/contract/approval-record';
import { type Evidence, getAccessRequestEvidence } from '@stoa/contract/evidence';
import { getAccessRequestProvisioning, type ProvisioningStatus } from '@stoa/contract/provisioning';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useDurationText } from '../../ui/DurationPicker.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { type Fact, FactList } from '../../ui/FactList.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { pathOfAsked, targetNameOf } from './asked-target.tsx';
import { usePeriodText } from './periods.ts';
import styles from './PrintSheet.module.css';
import { Answers } from './RequestAnswers.tsx';
import { useReasonText } from './reason-text.ts';

function usePersonText() {
  const t = useText();
  return ({ name, username }: { name: string; username: string }) => t('requests.person.named', { name, username });
}

function Facts({ request }: { request: AccessRequest }) {
  const t = useText();
  const person = usePersonText();
  const period = usePeriodText();
  const timeFact = (label: string, at: string | undefined): Fact[] =>
    at === undefined ? [] : [{ label, value: <TimeStamp value={at} /> }];
  const path = pathOfAsked(request);
  const facts: Fact[] = [
    ...(path === undefined ? [] : [{ label: t('requests.print.asset'), value: <span className="mono">{path}</span> }]),
    { label: t('requests.print.id'), value: <span className="mono">{request.id}</span> },
    { label: t('requests.page.for'), value: person(request.user) },
    { label: t('requests.person.askedBy'), value: person(request.requestingUser) },
    { label: t('requests.column.type'), value: t(`requests.type.${request.type}`) },
    { label: t('requests.column.duration'), value: period(request) },
    ...timeFact(t('requests.print.asked'), request.createdAt),
    { label: t('requests.print.status'), value: t(`ui.status.${request.status}`) },
    ...timeFact(t('requests.print.decided'), request.decidedAt),
    ...timeFact(t('requests.print.ends'), request.expiration),
    ...(request.decisionReason === undefined ? [] : [{ label: t('ui.reason.label'), value: request.decisionReason }]),
  ];
  return <FactList facts={facts} label={t('product.facts')} />;
}

function Decisions({ records }: { records: readonly ApprovalRecord[] }) {
  const t = useText();
  const person = usePersonText();
  const duration = useDurationText();
  const periodOf = ({ duration: amount, durationUnit: unit }: ApprovalRecord) =>
    duration(amount === null || unit === null ? null : { duration: amount, durationUnit: unit });
  if (records.length === 0) return <p>{t('requests.stages.empty')}</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          {(['stage', 'who', 'decision', 'at', 'reason'] as const).map((column) => (
            <th key={column} scope="col">
              {t(`requests.print.decision.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {records.map((record) => (
          <tr key={record.id}>
            <td>{record.stage ?? 1}</td>
            <td>{record.actionBy === undefined ? '–' : person(record.actionBy)}</td>
            <td>
              {t(`ui.status.${record.status}`)}
              {record.status === 'APPROVED' && <p>{periodOf(record)}</p>}
            </td>
            <td>{record.actionBy !== undefined && <TimeStamp value={record.updatedAt} />}</td>
            <td>{record.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Ran({ statements }: { statements: Evidence['statements'] }) {
  const t = useText();
  if (statements.length === 0) return null;
  return (
    <>
      <h3 className={styles.sub}>{t('requests.print.ran')}</h3>
      {statements.map(({ at, connectionKey, statement, failure }, place) => (
        <div key={`${place}${at}`}>
          <p className="small">
            {connectionKey}, <TimeStamp value={at} />
            {failure !== null && `. ${t('requests.print.refused', { failure })}`}
          </p>
          <pre className={styles.code}>{statement}</pre>
        </div>
      ))}
    </>
  );
}

function Proofs({ provisioning }: { provisioning: ProvisioningStatus }) {
  const t = useText();
  const reasonText = useReasonText();
  const { objects } = provisioning;
  const probes = [...new Set(objects.flatMap(({ proof }) => (proof === undefined ? [] : [proof.probe])))];
  if (objects.length === 0) return <p>{t('requests.object.none')}</p>;
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            {(['object', 'state', 'principal', 'verified'] as const).map((column) => (
              <th key={column} scope="col">
                {t(`requests.print.proof.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {objects.map((object) => (
            <tr key={`${object.connectionKey ?? ''}-${object.dataSourceId}`}>
              <td className="mono">
                {[object.connectionKey, object.objectPath.join('.')].filter(Boolean).join(' · ')}
              </td>
              <td>
                {t(`ui.provisioning.${object.state}`)}
                {object.reason !== undefined && <p>{reasonText(object.reason)}</p>}
              </td>
              <td className="mono">{object.proof?.principal ?? '–'}</td>
              <td>{object.proof === undefined ? '–' : <TimeStamp value={object.proof.observedAt} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {probes.length > 0 && (
        <>
          <h3 className={styles.sub}>{t('requests.object.probe')}</h3>
          {probes.map((probe) => (
            <pre key={probe} className={styles.code}>
              {probe}
            </pre>
          ))}
        </>
      )}
    </>
  );
}

/** What a steward sees beside the answers; the sheet of somebody who may not see it goes without. */
function Looked({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const { agreements, signals, findings, beneficiary } = evidence;
  const facts: Fact[] = [
    { label: t('requests.print.groups'), value: beneficiary.groups.join(', ') || '–' },
    {
      label: t('requests.print.attributes'),
      value:
        Object.entries(beneficiary.attributes)
          .map(([name, values]) => `${name}: ${values.join(', ')}`)
          .join('; ') || '–',
    },
    ...agreements.map((one) => ({
      label: t('requests.print.agreement', { name: one.name, version: one.version }),
      value: (
        <>
          {one.acceptedBy === null || one.acceptedAt === null ? (
            t('requests.print.notAccepted')
          ) : (
            <>
              {one.acceptedBy.name}, <TimeStamp value={one.acceptedAt} />
            </>
          )}
          <p className={styles.hash}>SHA-256 {one.sha256}</p>
        </>
      ),
    })),
  ];
  const lines = [
    ...signals.map((one) => one.text),
    ...findings.map((one) =>
      t('requests.print.finding', {
        finding: t(`requests.print.findings.${one.finding}`),
        object: one.object,
        who: one.principal ?? '–',
      }).concat(one.ignored === undefined ? '' : ` ${t('requests.print.ignored', one.ignored)}`),
    ),
  ];
  return (
    <Section title={t('requests.print.looked')} lead={t('requests.print.lookedLead')}>
      <FactList facts={facts} />
      {lines.length > 0 && (
        <ul className={styles.lines}>
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Sheet({ request }: { request: AccessRequest }) {
  const t = useText();
  const me = useCurrentUser();
  const [now] = useState(() => new Date().toISOString());
  const params = { id: request.id };
  const mayLook = abilityOn(request.abilities, 'inspect').allowed;
  const records = useOperation(getAccessRequestRecords, { params });
  const provisioning = useOperation(getAccessRequestProvisioning, { params });
  const evidence = useOperation(getAccessRequestEvidence, { params }, { enabled: mayLook });
  const parts = [records, provisioning, ...(mayLook ? [evidence] : [])];
  const problem = parts.find((part) => part.error !== null)?.error ?? null;
  const isWhole = parts.every((part) => part.data !== undefined);
  const ability = isWhole ? { allowed: true } : { allowed: false, reason: t('requests.print.notYet') };
  return (
    <article className={styles.sheet} aria-busy={!isWhole && problem === null}>
      <PageHeader
        section={t('requests.print.title')}
        title={targetNameOf(request)}
        action={
          <span className="no-print">
            <ActionButton
              tone="primary"
              label={t('requests.print.act')}
              ability={ability}
              onClick={() => window.print()}
            />
          </span>
        }
        secondary={
          <span className="no-print">
            <LinkTo look="button" to="/requests/$id" params={{ id: request.id }}>
              {t('requests.print.back')}
            </LinkTo>
          </span>
        }
      />
      {/* Half a sheet looks like a whole one on paper. */}
      {problem !== null && (
        <ErrorNotice problem={problem} onRetry={() => parts.forEach((part) => void part.refetch())} />
      )}
      <Facts request={request} />
      <Answers request={request} />
      {evidence.data !== undefined && <Looked evidence={evidence.data} />}
      <Section title={t('requests.print.decisions')}>
        {records.data !== undefined && <Decisions records={records.data.approvalRecords} />}
      </Section>
      <Section title={t('requests.print.proofs')} lead={t('requests.print.proofsLead')}>
        {provisioning.data !== undefined && <Proofs provisioning={provisioning.data} />}
        {evidence.data !== undefined && <Ran statements={evidence.data.statements} />}
      </Section>
      <p className={styles.foot}>
        {t('requests.print.by', {
          who: me?.displayName ?? '',
          address: `${window.location.origin}/requests/${request.id}`,
        })}{' '}
        <TimeStamp value={now} />
      </p>
    </article>
  );
}

/** One request on paper: what was asked, what was looked at, who decided and why, and what the platform proved. */
export function PrintSheetPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/requests/$id/print' });
  const request = useOperation(getAccessRequestById, { params: { id } });
  if (request.isPending) return <SkeletonPage />;
  if (request.data !== undefined && !isGone(request.error)) return <Sheet request={request.data} />;
  return (
    <>
      <PageHeader title={t('requests.page.unknown')} section={t('requests.print.title')} />
      {request.error !== null && (
        <ErrorNotice
          problem={request.error}
          wasShown={request.data !== undefined}
          onRetry={() => void request.refetch()}
        />
      )}
    </>
  );
}
