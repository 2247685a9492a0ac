import { type PeopleChangeDetail, type PeopleChangeLine, readPeopleChange } from '@stoa/contract/people-change';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { DecideChange } from './DecideChange.tsx';
import { useChangeWords } from './use-change-words.ts';

function Facts({ change }: { change: PeopleChangeDetail }) {
  const t = useText();
  const { whysOf } = useChangeWords();
  const { state, decidedBy } = change;
  const how = state === 'WAITING' || state === 'EXPIRED' ? undefined : state;
  return (
    <FactList
      facts={[
        { label: t('peopleChange.state'), value: t(`peopleChange.state.${state}`) },
        { label: t('peopleChange.why'), value: whysOf(change).join('. ') },
        { label: t('peopleChange.filedBy'), value: change.filedBy.name },
        { label: t('peopleChange.filedAt'), value: <TimeStamp value={change.filedAt} style="dateTime" /> },
        ...(state === 'WAITING'
          ? [{ label: t('peopleChange.expiresAt'), value: <TimeStamp value={change.expiresAt} style="dateTime" /> }]
          : []),
        ...(decidedBy === undefined || how === undefined
          ? []
          : [{ label: t(`peopleChange.decidedBy.${how}`), value: decidedBy.name }]),
        ...(change.decisionReason === undefined
          ? []
          : [{ label: t('peopleChange.whyDeclined'), value: change.decisionReason }]),
      ]}
    />
  );
}

type Numbered = PeopleChangeLine & { readonly at: number };
const settled = { isPending: false, error: null, refetch: () => undefined };

function Changes({ change }: { change: PeopleChangeDetail }) {
  const t = useText();
  const { whatOf } = useChangeWords();
  const { changes, changeCount, state } = change;
  const cell = (value: string | null) => value ?? <span className="text-2">{t('peopleChange.nothing')}</span>;
  const columns: Column<Numbered>[] = [
    { key: 'subject', header: t('peopleChange.subject'), cell: (one) => one.subject },
    { key: 'what', header: t('peopleChange.what'), cell: (one) => whatOf(one.what) },
    {
      key: 'before',
      header: t(state === 'WAITING' ? 'peopleChange.before' : 'peopleChange.beforeEnded'),
      cell: (one) => cell(one.before),
    },
    { key: 'after', header: t('peopleChange.after'), cell: (one) => cell(one.after) },
  ];
  return (
    <Section
      title={t('peopleChange.changes')}
      {...(changeCount > changes.length
        ? { lead: t('peopleChange.changesMore', { shown: changes.length, count: changeCount }) }
        : {})}
    >
      <DataTable
        label={t('peopleChange.changes')}
        columns={columns}
        rows={changes.map((one, at) => ({ ...one, at }))}
        rowKey={(one) => String(one.at)}
        state={settled}
        hasRowKeys={false}
        empty={<EmptyState title={t('peopleChange.noChanges')} />}
      />
    </Section>
  );
}

function Gaining({ change: { gaining, gainingCount } }: { change: PeopleChangeDetail }) {
  const t = useText();
  if (gainingCount === 0) return null;
  const names = gaining.map((one) => one.name).join(', ');
  const more = gainingCount - gaining.length;
  return (
    <Section title={t('peopleChange.gaining')} lead={t('peopleChange.gainingLead', { count: gainingCount })}>
      <p>{more > 0 ? t('peopleChange.gainingMore', { names, count: more }) : names}</p>
    </Section>
  );
}

/** One change that waits, or waited: what it does, who gains by it, and the decision. */
export function OneChange({ id }: { id: string }) {
  const t = useText();
  const { aboutOf } = useChangeWords();
  const change = useOperation(readPeopleChange, { params: { id } });
  const { data } = change;
  if (data === undefined || isGone(change.error)) {
    if (change.error === null) return <SkeletonPage />;
    return <ErrorNotice problem={change.error} wasShown={data !== undefined} onRetry={() => void change.refetch()} />;
  }
  return (
    <>
      <PageHeader
        title={aboutOf(data)}
        secondary={
          <LinkTo look="button" to="/admin/people-changes">
            {t('peopleChange.back')}
          </LinkTo>
        }
      />
      {change.error !== null && <ErrorNotice problem={change.error} isLastShown />}
      <Facts change={data} />
      <Changes change={data} />
      <Gaining change={data} />
      {data.state === 'WAITING' && <DecideChange change={data} />}
    </>
  );
}
