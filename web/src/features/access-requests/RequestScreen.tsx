import type { AccessRequest } from '@stoa/contract/access-request';
import type { RequestType } from '@stoa/contract/enums';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
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
import { answersOf, type Draft, draftFromWire, draftToWire, parseDraft } from './request-draft.ts';
import { RequestForm } from './RequestForm.tsx';
import type { RequestTarget } from './request-target.ts';
import { continuedOf, useEarlierRequest, useForms } from './use-request-form.ts';
import { type DraftState, useServerDraft } from './use-server-draft.ts';

type Props = {
  readonly target: RequestTarget;
  readonly type: RequestType;
  /** The request whose answers are taken over. */
  readonly from: string | undefined;
  readonly beneficiary: string | undefined;
  /** Section 2, for the person and the columns that are chosen. */
  readonly what: (state: { readonly value: Draft; readonly set: (changes: Partial<Draft>) => void }) => ReactNode;
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
export function RequestScreen({ target, type, from, beneficiary, what }: Props) {
  const t = useText();
  const me = useCurrentUser()?.globalUserId ?? '';
  const navigate = useNavigate();
  const announce = useAnnounce();
  const forms = useForms(target);
  const earlier = useEarlierRequest(from);
  const drafting = useServerDraft<Draft>({
    targetId: target.id,
    type,
    parse: parseDraft,
    fromWire: draftFromWire(me),
    toWire: draftToWire,
  });
  const form = forms.data?.find((one) => one.requestType === type);
  // Without the earlier answers the form opens empty: an old request that cannot be read must not stop a new one.
  if (forms.isPending || drafting.isPending || (from !== undefined && earlier.isPending))
    return <SkeletonText lines={8} />;
  if (forms.error !== null) return <ErrorNotice problem={forms.error} onRetry={() => void forms.refetch()} />;
  if (form === undefined) return <EmptyState title={t('asking.form.noForm')} />;
  const continued = continuedOf(earlier.data, type);
  const empty: Draft = {
    user: beneficiary ?? me,
    answers: startAnswers(form.fields, answersOf(earlier.data)),
    accepted: [],
    columns: [],
  };
  const before = drafting.first ?? empty;
  const start = {
    ...before,
    user: continued === undefined ? before.user : (earlier.data?.user.globalUserId ?? before.user),
    answers: startAnswers(form.fields, before.answers),
  };
  return (
    <>
      <Filled drafting={drafting} earlier={earlier.data} />
      <RequestForm
        // A draft that is thrown away leaves a fresh form behind.
        key={`${target.id}-${type}-${from ?? ''}-${drafting.generation}`}
        asked={{ target, type, form, continued }}
        start={start}
        what={what}
        fixedPerson={continued === undefined ? undefined : earlier.data?.user.name}
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
