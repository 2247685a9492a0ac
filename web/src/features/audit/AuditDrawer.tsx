import { type AuditEvent, searchAudit } from '@stoa/contract/audit';
import type { ReactNode } from 'react';
import { SideDialog } from '../../ui/Dialog.tsx';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { type Fact, FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Audit.module.css';
import { actionWords, restOfPayload, statementOf } from './audit-view.ts';
import { Outcome, useTargetText } from './audit-words.tsx';

type Related = AuditEvent['targets'][number];

/** A thing that an event names, as a link where it has a page. */
function Thing({ thing }: { thing: Related }) {
  const words: ReactNode = thing.name ?? thing.id;
  switch (thing.type) {
    case 'ACCESS_REQUEST':
    case 'DATA_ACCESS':
    case 'MASKING_EXCEPTION':
      return (
        <LinkTo to="/requests/$id" params={{ id: thing.id }}>
          {words}
        </LinkTo>
      );
    case 'DATA_PRODUCT':
      return (
        <LinkTo to="/products/$slug" params={{ slug: thing.id }} search={{}}>
          {words}
        </LinkTo>
      );
    case 'DOMAIN':
      return (
        <LinkTo to="/govern/domains/$id" params={{ id: thing.id }} search={{}}>
          {words}
        </LinkTo>
      );
    case 'DATA_OBJECT':
      return (
        <LinkTo to="/assets/$id" params={{ id: thing.id }} search={{}}>
          {words}
        </LinkTo>
      );
    case 'USER':
    case 'REQUESTING_USER':
    case 'BENEFICIARY':
      return (
        <LinkTo to="/admin/people/$id" params={{ id: thing.id }}>
          {words}
        </LinkTo>
      );
    default:
      return words;
  }
}

function Things({ things }: { things: readonly Related[] }) {
  const targetText = useTargetText();
  return (
    <ul className={styles.lines}>
      {things.map((thing) => (
        <li key={`${thing.type} ${thing.id}`}>
          <span className="text-2">{targetText(thing.type)}</span> <Thing thing={thing} />
        </li>
      ))}
    </ul>
  );
}

/** Where in the chain it stands, and whether a checkpoint speaks for it. */
function Seal({ seal }: { seal: AuditEvent['seal'] }) {
  const t = useText();
  if (seal === null) return t('audit.notSealedYet');
  return (
    <>
      {t('audit.sealedAt', { seq: seal.seq })},{' '}
      {seal.checkpointAt === null ? (
        t('audit.notCovered')
      ) : (
        <>
          {t('audit.coveredAt')} <TimeStamp value={seal.checkpointAt} style="dateTime" />
        </>
      )}
    </>
  );
}

function useFacts(event: AuditEvent): Fact[] {
  const t = useText();
  const fact = (label: string, value: ReactNode, isThere = true): Fact[] => (isThere ? [{ label, value }] : []);
  const { actor } = event;
  return [
    ...fact(t('audit.fact.time'), <TimeStamp value={event.eventTimestamp} withRelative />),
    ...fact(
      t('audit.fact.actor'),
      <>
        {actor.name}{' '}
        {actor.type !== 'SYSTEM_ACTOR' && <span className="text-2">{t(`audit.actorType.${actor.type}`)}</span>}
      </>,
    ),
    ...fact(t('audit.fact.onBehalfOf'), actor.onBehalfOf, actor.onBehalfOf !== undefined),
    ...fact(t('audit.fact.ip'), <Identifier value={event.actorIp ?? ''} />, event.actorIp !== null),
    ...fact(t('audit.column.outcome'), <Outcome status={event.actionStatus} />),
    ...fact(
      t('audit.fact.targets'),
      <Things things={event.targets.map((one) => ({ ...one, type: one.type === '' ? event.targetType : one.type }))} />,
      event.targets.length > 0,
    ),
    ...fact(t('audit.fact.related'), <Things things={event.relatedResources} />, event.relatedResources.length > 0),
    ...fact(t('audit.fact.seal'), <Seal seal={event.seal} />),
    ...fact(t('audit.fact.requestId'), <Identifier value={event.requestId ?? ''} />, event.requestId !== null),
    ...fact(t('audit.fact.id'), <Identifier value={event.id} />),
  ];
}

function Detail({ event }: { event: AuditEvent }) {
  const t = useText();
  const announce = useAnnounce();
  const facts = useFacts(event);
  const statement = statementOf(event);
  const rest = restOfPayload(event);
  const copy = () => {
    void navigator.clipboard.writeText(window.location.href).then(() => announce(t('audit.linkCopied')));
  };
  return (
    <div className={styles.stack}>
      <FactList facts={facts} />
      {statement !== undefined && (
        <StatementBlock statements={[statement.sql]} title={t('audit.statement')} isOpenAtFirst />
      )}
      {statement?.failure !== undefined && (
        <div>
          <h3>{t('audit.failure')}</h3>
          <p className={styles.failure}>{statement.failure}</p>
        </div>
      )}
      {Object.keys(rest).length > 0 && (
        <div>
          <h3>{t('audit.payload')}</h3>
          <pre className={styles.payload} tabIndex={0} role="region" aria-label={t('audit.payload')}>
            {JSON.stringify(rest, null, 2)}
          </pre>
        </div>
      )}
      <div>
        <ActionButton size="xs" label={t('audit.copyLink')} onClick={copy} />
      </div>
    </div>
  );
}

type Props = {
  readonly id: string | undefined;
  /** When it happened: an event that is not on the pages shown is found by it. */
  readonly at: string | undefined;
  readonly shown: readonly AuditEvent[];
  readonly onClose: () => void;
};

/** One event whole; its address shows it again, whatever the list holds by then. */
export function AuditDrawer({ id, at, shown, onClose }: Props) {
  const t = useText();
  const onPage = shown.find((one) => one.id === id);
  const from = at === undefined || Number.isNaN(Date.parse(at)) ? undefined : Date.parse(at);
  const looked = useOperation(
    searchAudit,
    {
      query:
        from === undefined
          ? { limit: 1 }
          : { limit: 100, from: new Date(from).toISOString(), to: new Date(from + 1_000).toISOString() },
    },
    { enabled: id !== undefined && onPage === undefined && from !== undefined },
  );
  const event = onPage ?? looked.data?.data.find((one) => one.id === id);
  const isLooking = event === undefined && looked.isFetching;
  return (
    <SideDialog
      opened={id !== undefined}
      onClose={onClose}
      size={520}
      title={event === undefined ? t('audit.detail') : actionWords(event.action)}
      closeButtonProps={{ 'aria-label': t('audit.close') }}
    >
      {event !== undefined && <Detail event={event} />}
      {isLooking && <SkeletonText lines={8} />}
      {event === undefined && looked.error !== null && <ErrorNotice problem={looked.error} />}
      {event === undefined && !isLooking && looked.error === null && <p>{t('audit.notFound')}</p>}
    </SideDialog>
  );
}
