import type { AccessRequest } from '@stoa/contract/access-request';
import type { RequestType } from '@stoa/contract/enums';
import { useNavigate } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { startAnswers } from './answers.ts';
import { answersOf, columnKeysOf, type Draft, draftFromWire, draftToWire, parseDraft } from './request-draft.ts';
import { RequestForm } from './RequestForm.tsx';
import type { RequestTarget } from './request-target.ts';
import { continuedOf, useEarlierRequest, useForms } from './use-request-form.ts';
import { type DraftState, useServerDraft } from './use-server-draft.ts';

/** Few change the answers of a request that waits. */
const ReplacingNote = lazy(() => import('./ReplacingNote.tsx').then((part) => ({ default: part.ReplacingNote })));

type Props = {
  readonly target: RequestTarget;
  readonly type: RequestType;
  /** The request whose answers are taken over. */
  readonly from: string | undefined;
  /** The pending request whose answers are changed: this one takes its place. */
  readonly replaces: string | undefined;
  readonly beneficiary: string | undefined;
  /** Section 2, for the person and the columns that are chosen; `own` are those of the request that is replaced. */
  readonly what: (state: {
    readonly value: Draft;
    readonly set: (changes: Partial<Draft>) => void;
    readonly own: readonly string[];
  }) => ReactNode;
};

function DraftNote({ state, savedAt }: { state: DraftState; savedAt: string | null }) {
  const t = useText();
  return (
    <p className="caption text-2" aria-live="polite">
      {state === 'failed' ? (
        t('asking.draft.failed')
      ) : savedAt === null ? (
        t('asking.draft.none')
      ) : (
        <Say id="asking.draft.saved" values={{ when: <TimeStamp value={savedAt} style="relative" /> }} />
      )}
    </p>
  );
}

type Drafting = ReturnType<typeof useServerDraft<Draft>>;

/** What is filled in already, and why: a draft of one's own, or the answers of an earlier request. */
function Filled({ drafting, earlier }: { drafting: Drafting; earlier: AccessRequest | undefined }) {
  const t = useText();
  if (drafting.first !== undefined && drafting.savedAt !== null)
    return (
      <Banner
        action={<ActionButton size="xs" label={t('asking.draft.discard')} onClick={() => void drafting.discard()} />}
      >
        {t('asking.draft.filled')}
      </Banner>
    );
  return earlier === undefined ? null : <Banner>{t('asking.form.earlier')}</Banner>;
}

/** The request page of any target: its form, the draft that was begun, the answers of before. */
export function RequestScreen({ target, type, from, replaces, beneficiary, what }: Props) {
  const t = useText();
  const me = useCurrentUser()?.globalUserId ?? '';
  const navigate = useNavigate();
  const announce = useAnnounce();
  const forms = useForms(target);
  const before = replaces ?? from;
  const earlier = useEarlierRequest(before);
  const drafting = useServerDraft<Draft>({
    targetId: target.id,
    type,
    parse: parseDraft,
    fromWire: draftFromWire(me),
    toWire: draftToWire,
  });
  const form = forms.data?.find((one) => one.requestType === type);
  // Without the earlier answers the form opens empty: an old request that cannot be read must not stop a new one.
  if (forms.isPending || drafting.isPending || (before !== undefined && earlier.isPending))
    return <SkeletonText lines={8} />;
  if (forms.error !== null) return <ErrorNotice problem={forms.error} onRetry={() => void forms.refetch()} />;
  if (form === undefined) return <EmptyState title={t('asking.form.noForm')} />;
  const replaced = replaces !== undefined && earlier.data?.type === type ? earlier.data : undefined;
  const continued = replaces === undefined ? continuedOf(earlier.data, type) : undefined;
  const fixed = replaced ?? (continued === undefined ? undefined : earlier.data);
  const columns = earlier.data?.type === type ? columnKeysOf(earlier.data) : [];
  const empty: Draft = {
    user: beneficiary ?? me,
    answers: startAnswers(form.fields, answersOf(earlier.data)),
    accepted: [],
    columns,
  };
  const first = drafting.first ?? empty;
  const start = {
    ...first,
    user: fixed?.user.globalUserId ?? first.user,
    answers: startAnswers(form.fields, first.answers),
  };
  return (
    <>
      {replaces !== undefined && (
        <Suspense fallback={null}>
          <ReplacingNote request={replaced} />
        </Suspense>
      )}
      <Filled drafting={drafting} earlier={replaces === undefined ? earlier.data : undefined} />
      <RequestForm
        // A draft that is thrown away leaves a fresh form behind.
        key={`${target.id}-${type}-${before ?? ''}-${drafting.generation}`}
        asked={{ target, type, form, continued, replaces: replaced?.id }}
        start={start}
        what={(state) => what({ ...state, own: replaced === undefined ? [] : columns })}
        fixedPerson={fixed?.user.name}
        drafting={drafting}
        note={<DraftNote state={drafting.state} savedAt={drafting.savedAt} />}
        onSent={(request) => {
          announce(t('asking.form.sent'));
          void navigate({ to: '/requests/$id', params: { id: request.id } });
        }}
      />
    </>
  );
}
