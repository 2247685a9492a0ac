import { Checkbox } from '@mantine/core';
import type { BulkResult } from '@stoa/contract/bulk-determination';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { Hint } from '../../ui/Hint.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { targetNameOf } from './asked-target.tsx';
import { type Candidate, mayBeOne, type WhyNot, whyNotTogether, withAllLike } from './bulk-choice.ts';
import styles from './lists.module.css';

const BulkDecisionDialog = lazy(() =>
  import('./BulkDecisionDialog.tsx').then((part) => ({ default: part.BulkDecisionDialog })),
);

export type ReviewSelection = {
  readonly rows: readonly Candidate[];
  readonly chosen: readonly Candidate[];
  /** Why a request was not decided the last time, in the words of the server. */
  readonly refusalOf: (id: string) => string | undefined;
  readonly toggle: (one: Candidate) => void;
  readonly choose: (chosen: readonly Candidate[]) => void;
  readonly settle: (results: readonly BulkResult[]) => void;
  /** The sheet stands, also when by its results there is nothing left to select. */
  readonly isDeciding: boolean;
  readonly setDeciding: (isDeciding: boolean) => void;
};

const isAmong = (chosen: readonly Candidate[], id: string): boolean => chosen.some(({ request }) => request.id === id);

/** Requests that are to be decided in one pass. They are kept from page to page; what was refused stays selected. */
export function useReviewSelection(rows: readonly Candidate[], onSettled: () => void): ReviewSelection {
  const [chosen, choose] = useState<readonly Candidate[]>([]);
  const [isDeciding, setDeciding] = useState(false);
  const [refusals, setRefusals] = useState<ReadonlyMap<string, string>>(new Map());
  return {
    rows,
    chosen,
    isDeciding,
    setDeciding,
    refusalOf: (id) => refusals.get(id),
    choose,
    toggle: (one) =>
      choose((before) =>
        isAmong(before, one.request.id)
          ? before.filter(({ request }) => request.id !== one.request.id)
          : withAllLike(before, [one]),
      ),
    settle: (results) => {
      const refused = results.flatMap((one) =>
        one.outcome === 'REFUSED' ? [[one.id, `${one.problem.detail} ${one.problem.next}`] as const] : [],
      );
      setRefusals(new Map(refused));
      choose((before) => before.filter(({ request }) => refused.some(([id]) => id === request.id)));
      onSettled();
    },
  };
}

/** Why a row cannot be selected, in words. */
function useWhyNotText(): (why: WhyNot) => string {
  const t = useText();
  return (why) => {
    switch (why.kind) {
      case 'ability':
        return why.reason ?? t('bulkChoice.not.ability');
      case 'risk':
        return t(`bulkChoice.not.risk.${why.risk === undefined || why.risk === 'LOW' ? 'unknown' : why.risk}`);
      case 'unlike':
        return t(`bulkChoice.not.unlike.${why.what}`);
      case 'many':
        return t('bulkChoice.not.many');
    }
  };
}

function Box({ one, selection }: { one: Candidate; selection: ReviewSelection }) {
  const t = useText();
  const text = useWhyNotText();
  const announce = useAnnounce();
  const { id, user } = one.request;
  const isChosen = isAmong(selection.chosen, id);
  const why = isChosen ? undefined : whyNotTogether(one, selection.chosen);
  const names = { who: user.name, target: targetNameOf(one.request) };
  const label =
    why === undefined ? t('bulkChoice.row', names) : t('bulkChoice.rowNot', { ...names, reason: text(why) });
  return (
    <Hint label={why === undefined ? undefined : text(why)}>
      <Checkbox
        size="sm"
        opacity={why === undefined ? 1 : 0.5}
        aria-label={label}
        aria-disabled={why !== undefined || undefined}
        checked={isChosen}
        data-request-id={id}
        // Never dead: what cannot be selected is reached, and says why.
        onChange={() => (why === undefined ? selection.toggle(one) : announce(label))}
      />
    </Hint>
  );
}

/** The boxes; no column where nothing on the page could be decided together. */
export function useSelectColumn(selection: ReviewSelection): Column<Candidate['request']>[] {
  const t = useText();
  const { rows, chosen } = selection;
  if (chosen.length === 0 && !rows.some(mayBeOne)) return [];
  return [
    {
      key: 'select',
      header: t('bulkChoice.column'),
      isHeaderHidden: true,
      width: '64px',
      cell: (request) => (
        <Box
          one={rows.find((row) => row.request.id === request.id) ?? { request, risk: undefined }}
          selection={selection}
        />
      ),
    },
  ];
}

/** `x` selects the row that one stands in, `d` goes on to deciding. */
function useSelectionKeys({ rows, chosen, toggle, setDeciding }: ReviewSelection) {
  const t = useText();
  const text = useWhyNotText();
  const announce = useAnnounce();
  const onToggle = () => {
    const box = document.activeElement?.closest('tr')?.querySelector('[data-request-id]');
    const one = rows.find(({ request }) => request.id === box?.getAttribute('data-request-id'));
    if (one === undefined) return;
    const why = isAmong(chosen, one.request.id) ? undefined : whyNotTogether(one, chosen);
    if (why === undefined) toggle(one);
    else announce(text(why));
  };
  const onDecide = () => (chosen.length === 0 ? announce(t('bulkChoice.chooseFirst')) : setDeciding(true));
  useKeys([
    { keys: 'x', label: t('bulkChoice.keyToggle'), scope: 'page', run: onToggle },
    { keys: 'd', label: t('bulkChoice.keyDecide'), scope: 'page', run: onDecide },
  ]);
  useCommands([{ id: 'reviews-decide', label: t('bulkChoice.keyDecide'), group: 'page', keys: 'd', run: onDecide }]);
}

/** What was not decided the last time, and is selected still: by now its row may have gone from the list. */
function Refused({ selection: { chosen, refusalOf } }: { selection: ReviewSelection }) {
  const t = useText();
  const refused = chosen.filter(({ request }) => refusalOf(request.id) !== undefined);
  if (refused.length === 0) return null;
  return (
    <ul className={styles.together} aria-label={t('bulkChoice.kept')}>
      {refused.map(({ request }) => (
        <li key={request.id}>
          <LinkTo to="/reviews/$requestId" params={{ requestId: request.id }} search={{}}>
            {request.user.name}
          </LinkTo>{' '}
          <span className={styles.refused}>{refusalOf(request.id)}</span>
        </li>
      ))}
    </ul>
  );
}

/** How many are selected, and what can be done with them. */
export function SelectionBar({ selection }: { selection: ReviewSelection }) {
  const t = useText();
  const { rows, chosen, isDeciding, setDeciding } = selection;
  useSelectionKeys(selection);
  const all = chosen.length === 0 ? chosen : withAllLike(chosen, rows);
  return (
    <div className={styles.row} role="group" aria-label={t('bulkChoice.label')}>
      <span role="status">{t('bulkChoice.count', { count: chosen.length })}</span>
      {all.length > chosen.length && (
        <ActionButton
          size="xs"
          label={t('bulkChoice.like', { count: all.length - chosen.length })}
          onClick={() => selection.choose(all)}
        />
      )}
      {chosen.length > 0 && (
        <>
          <ActionButton size="xs" tone="quiet" label={t('bulkChoice.clear')} onClick={() => selection.choose([])} />
          <ActionButton
            size="xs"
            tone="primary"
            label={t('bulkChoice.decide', { count: chosen.length })}
            onClick={() => setDeciding(true)}
          />
        </>
      )}
      <Refused selection={selection} />
      {isDeciding && (
        <Suspense fallback={null}>
          <BulkDecisionDialog chosen={chosen} onResults={selection.settle} onClose={() => setDeciding(false)} />
        </Suspense>
      )}
    </div>
  );
}
