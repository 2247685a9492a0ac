import { type AccessExplanation, type ExemptBy, explainAccess, type ExplainedColumn } from '@stoa/contract/access';
import { Button } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { type MessageId, Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { RedactionHatch } from '../../ui/RedactionHatch.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './lists.module.css';

const degradedWords: Readonly<Record<string, MessageId>> = {
  'type.family': 'explain.degraded.family',
  'type.too_short': 'explain.degraded.tooShort',
  'type.literal': 'explain.degraded.literal',
  'type.bucket': 'explain.degraded.bucket',
  'type.unit': 'explain.degraded.unit',
  'pattern.refused': 'explain.degraded.pattern',
  'custom.not_proven': 'explain.degraded.custom',
};

/** So many names of columns that nothing is said of. */
const mostPlain = 60;

type Asked = { readonly user: string; readonly sourceId: number };

/** What the person is shown of each column and why; those without a mask are only named. */
export function ExplainColumns({ explanation, asked }: { explanation: AccessExplanation; asked: Asked }) {
  const t = useText();
  const columns = explanation.columns ?? [];
  const plain = columns.filter((column) => column.shown === 'clear' && !column.exempt);
  const told = columns
    .filter((column) => column.shown !== 'clear' || column.exempt)
    .toSorted((a, b) => Number(a.shown === 'clear') - Number(b.shown === 'clear'));
  const hidden = columns.filter((column) => column.shown !== 'clear').length;
  if (columns.length === 0) return null;
  return (
    <section aria-labelledby="explain-columns">
      <h3 id="explain-columns" className="group-label">
        {t('explain.columns')}
      </h3>
      <p className="text-2">
        {t(explanation.effective === 'SUBSCRIBED' ? 'explain.columns.count' : 'explain.columns.countOnce', {
          hidden,
          total: columns.length,
        })}
      </p>
      {told.length > 0 && (
        <ul className={styles.path}>
          {told.map((column) => (
            <ColumnLine key={column.name} column={column} asked={asked} />
          ))}
        </ul>
      )}
      {told.length > 0 && plain.length > 0 && (
        <p className="small text-2">
          {t('explain.columns.plain')}{' '}
          <span className="mono">
            {plain
              .slice(0, mostPlain)
              .map(({ name }) => name)
              .join(', ')}
          </span>
          {plain.length > mostPlain && ` ${t('explain.columns.more', { count: plain.length - mostPlain })}`}
        </p>
      )}
    </section>
  );
}

function ColumnLine({ column, asked }: { column: ExplainedColumn; asked: Asked }) {
  const t = useText();
  const isClear = column.shown === 'clear';
  const Mark = isClear ? IconEye : IconEyeOff;
  return (
    <li data-fails={!isClear || undefined}>
      <Mark size={16} stroke={1.75} aria-hidden="true" />
      <div>
        <span className="mono">{column.name}</span>{' '}
        {column.shown === 'masked' || column.shown === 'partly' ? (
          <RedactionHatch mask={column.shownAs ?? ''} />
        ) : (
          <span>{t(`explain.shown.${column.shown}`)}</span>
        )}
        <MaskReason column={column} />
        <NextForColumn column={column} />
        {column.policyId !== null && <ClearFor column={column.name} asked={asked} />}
      </div>
    </li>
  );
}

function MaskReason({ column }: { column: ExplainedColumn }) {
  const t = useText();
  const { policyName, matchedTag, outranked, degradedWhy, where, exemptBy } = column;
  const degraded = degradedWhy === null ? undefined : degradedWords[degradedWhy];
  return (
    <>
      {policyName !== null && (
        <p className="small text-2">
          {t(matchedTag === null ? 'explain.mask.by' : 'explain.mask.byTag', {
            policy: policyName,
            mask: column.maskingType ?? '',
            tag: matchedTag ?? '',
          })}
          {outranked.length > 0 && ` ${t('explain.mask.outranked', { policies: outranked.join(', ') })}`}
          {column.isHeld && ` ${t('explain.mask.held')}`}
        </p>
      )}
      {degraded !== undefined && (
        <p className="small text-2">
          {t('explain.mask.degraded', { to: column.degradedTo ?? 'null' })} {t(degraded)}
        </p>
      )}
      {where !== null && (
        <p className="small text-2">
          {t('explain.mask.where')} <span className="mono">{where}</span>
        </p>
      )}
      {exemptBy !== null && (
        <p className="small">
          <Exemption by={exemptBy} />
        </p>
      )}
      {(exemptBy === null ? column.truth : []).map((call) => (
        <p key={call.call} className="small text-2">
          <span className="mono">{call.call}</span> {t(call.value ? 'explain.isTrue' : 'explain.isFalse')}{' '}
          {call.because}
        </p>
      ))}
    </>
  );
}

function Exemption({ by }: { by: ExemptBy }) {
  const t = useText();
  if (by.kind !== 'exception')
    return (
      <>
        {t(`explain.exempt.${by.kind}`)} <span className="mono">{by.condition}</span>
      </>
    );
  return (
    <>
      <LinkTo to="/requests/$id" params={{ id: by.requestId }}>
        {t('explain.exempt.exception')}
      </LinkTo>{' '}
      {by.until !== null && (
        <span className="text-2">
          <Say id="marketplace.until" values={{ date: <TimeStamp value={by.until} style="date" /> }} />
        </span>
      )}
    </>
  );
}

function NextForColumn({ column: { next } }: { column: ExplainedColumn }) {
  const t = useText();
  const intl = useIntl();
  if (next === null) return null;
  const names = (next.people ?? []).map((person) => person.name);
  return (
    <p className="small">
      {next.text}
      {names.length > 0 && ` ${t('explain.ask', { people: intl.formatList(names, { type: 'disjunction' }) })}`}
    </p>
  );
}

/** Asked for when it is wanted: it looks at everybody. */
function ClearFor({ column, asked }: { column: string; asked: Asked }) {
  const t = useText();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="subtle" size="compact-sm" ml={-8} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {t('explain.clearFor.ask')}
        <span className="sr-only"> {column}</span>
      </Button>
      {isOpen && <ClearForList column={column} asked={asked} />}
    </>
  );
}

function ClearForList({ column, asked }: { column: string; asked: Asked }) {
  const t = useText();
  const answer = useOperation(explainAccess, { query: { ...asked, column } });
  if (answer.error !== null) return <ErrorNotice problem={answer.error} onRetry={() => void answer.refetch()} />;
  const clear = answer.data?.columns?.[0]?.clearFor;
  if (answer.isPending) return <SkeletonText lines={2} />;
  if (clear === null || clear === undefined) return <p className="small text-2">{t('explain.clearFor.refused')}</p>;
  if (clear.total === 0) return <p className="small text-2">{t('explain.clearFor.nobody')}</p>;
  return (
    <>
      <p className="small text-2">{t('explain.clearFor.count', { count: clear.total })}</p>
      <ul>
        {clear.people.map((person) => (
          <li key={person.globalUserId} className="small">
            {person.name}{' '}
            <span className="text-2">
              <Exemption by={person.exemptBy} />
            </span>
          </li>
        ))}
      </ul>
      {clear.total > clear.people.length && (
        <p className="small text-2">{t('explain.columns.more', { count: clear.total - clear.people.length })}</p>
      )}
    </>
  );
}

/** Which rows the person is shown; all of the rules have to let a row pass. */
export function ExplainRows({ rows }: { rows: NonNullable<AccessExplanation['rows']> }) {
  const t = useText();
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="explain-rows">
      <h3 id="explain-rows" className="group-label">
        {t('explain.rows')}
      </h3>
      <ul className={styles.path}>
        {rows.map((row) => {
          const Mark = row.keeps === 'all' ? IconEye : IconEyeOff;
          return (
            <li key={row.policyId} data-fails={row.keeps !== 'all' || undefined}>
              <Mark size={16} stroke={1.75} aria-hidden="true" />
              <div>
                {row.policyName} <span className="text-2">{t(`explain.keeps.${row.keeps}`)}</span>{' '}
                {row.keeps === 'some' && <span className="mono">{row.predicate}</span>}
                {row.truth.map((call) => (
                  <p key={call.call} className="small text-2">
                    <span className="mono">{call.call}</span> {t(call.value ? 'explain.isTrue' : 'explain.isFalse')}{' '}
                    {call.because}
                  </p>
                ))}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
