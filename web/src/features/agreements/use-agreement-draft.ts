import {
  createDataUseAgreement,
  type DataUseAgreement,
  getDataUseAgreementById,
  listAgreementVersions,
  searchDataUseAgreements,
  updateDataUseAgreement,
} from '@stoa/contract/data-use-agreement';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { tagOf, useCommand } from '../../lib/api.ts';
import { membersOf } from '../../lib/members.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { useUnsaved } from '../../ui/unsaved.tsx';
import { useKept } from '../../lib/kept-text.ts';

/** What is being written, and the version it goes on from; 0 for a new agreement. */
export type AgreementDraft = { readonly name: string; readonly body: string; readonly base: number };

function parseDraft(stored: unknown): AgreementDraft | undefined {
  const { name, body, base } = membersOf(stored);
  return typeof name === 'string' && typeof body === 'string' && typeof base === 'number'
    ? { name, body, base }
    : undefined;
}

const shownBy = [getDataUseAgreementById, searchDataUseAgreements, listAgreementVersions] as const;

/** The text as it is written: kept until it is published, and never put over what somebody else published meanwhile. */
export function useAgreementDraft(agreement: DataUseAgreement | undefined) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const kept = useKept(`stoa-agreement-${agreement?.id ?? 'new'}`, parseDraft);
  const version = agreement?.version ?? 0;
  const draft: AgreementDraft = kept.value ?? {
    name: agreement?.name ?? '',
    body: agreement?.body ?? t('agreements.template'),
    base: version,
  };
  const [isTried, setIsTried] = useState(false);
  // The tag of the version that the draft goes on from: a later one must not be written over unseen.
  const tag = useRef<string>(undefined);
  useEffect(() => {
    if (draft.base === version) tag.current = tagOf(agreement);
  }, [agreement, draft.base, version]);
  const published = (made: DataUseAgreement) => {
    kept.forget();
    setIsTried(false);
    announce(t('agreements.edit.published', { version: made.version ?? 1, name: made.name }));
  };
  const create = useCommand(createDataUseAgreement, {
    invalidates: shownBy,
    onSuccess: (made) => {
      published(made);
      void navigate({ to: '/manage/agreements/$id', params: { id: made.id }, search: {} });
    },
  });
  const update = useCommand(updateDataUseAgreement, {
    invalidates: shownBy,
    onSuccess: published,
    ifMatch: () => tag.current,
  });
  const missing = {
    name: draft.name.trim() === '' ? t('agreements.edit.nameMissing') : undefined,
    body: draft.body.trim() === '' ? t('agreements.edit.bodyMissing') : undefined,
  };
  const isChanged = agreement === undefined || draft.name.trim() !== agreement.name || draft.body !== agreement.body;
  useUnsaved(() => kept.value !== undefined && isChanged);
  const publish = () => {
    setIsTried(true);
    if (missing.name !== undefined || missing.body !== undefined || !isChanged) return;
    const body = { name: draft.name.trim(), body: draft.body };
    if (agreement === undefined) create.mutate({ body });
    else update.mutate({ params: { id: agreement.id }, body });
  };
  return {
    draft,
    isChanged,
    hasMoved: kept.value !== undefined && draft.base < version && isChanged,
    errors: isTried ? missing : { name: undefined, body: undefined },
    change: (part: Partial<AgreementDraft>) => kept.keep({ ...draft, ...part }),
    discard: kept.forget,
    isKept: kept.value !== undefined,
    publish,
    isBusy: create.isPending || update.isPending,
    problem: create.error ?? update.error,
  };
}
