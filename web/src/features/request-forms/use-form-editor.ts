import { useDebouncedValue } from '@mantine/hooks';
import {
  createRequestForm,
  getFormDataProducts,
  getRequestFormById,
  listRequestFormVersions,
  previewRequestForm,
  type RequestForm,
  searchRequestForms,
  updateRequestForm,
} from '@stoa/contract/request-form';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { tagOf, useCommand, useOperation } from '../../lib/api.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { bodyOfDraft, draftOfForm, type FormDraft, isSameDraft, type Lack, lacksOf, openIn } from './form-draft.ts';

const shownBy = [searchRequestForms, getRequestFormById, listRequestFormVersions, getFormDataProducts] as const;
const settleMs = 500;

/** What the draft started from, and the version that stood there then; none for a form that is new. */
type Base = { readonly draft: FormDraft; readonly version: string | undefined; readonly number: number };
export type FormProblem = { readonly path: string; readonly message: string };

const baseOf = (form: RequestForm): Base => ({
  draft: draftOfForm(form),
  version: form.version,
  number: form.versionNumber ?? 0,
});

/** A draft follows what is saved until it is touched; then it stays, and what others saved meanwhile is a conflict. */
function useDraft(form: RequestForm | undefined, start: FormDraft) {
  const [base, setBase] = useState<Base>({ draft: start, version: form?.version, number: form?.versionNumber ?? 0 });
  const [draft, setDraft] = useState(start);
  // One's own save is known before the form is read again: an older one is no news.
  const isOther = form !== undefined && (form.versionNumber ?? 0) > base.number;
  const theirs = isOther ? draftOfForm(form) : base.draft;
  if (isOther && (isSameDraft(base.draft, draft) || isSameDraft(theirs, draft))) {
    setBase(baseOf(form));
    setDraft(theirs);
  }
  const settle = (saved: RequestForm) => {
    setBase(baseOf(saved));
    setDraft(draftOfForm(saved));
  };
  return {
    draft,
    setDraft,
    base,
    isConflict: isOther,
    settle,
    takeTheirs: () => form !== undefined && settle(form),
    keepMine: () => form !== undefined && setBase(baseOf(form)),
  };
}

type Asked = { readonly draft: FormDraft; readonly before: FormDraft; readonly isWhole: boolean };

/** Asks the server what a save would do, once the draft has come to rest. */
function usePreview(form: RequestForm | undefined, { draft, before, isWhole }: Asked) {
  const whole = {
    name: draft.name.trim(),
    fields: [...draft.fields],
    policy: draft.policy,
    dataUseAgreementIds: [...draft.agreementIds],
  };
  const body = form === undefined ? whole : { id: form.id, ...bodyOfDraft(before, draft) };
  const isWorthAsking = isWhole && (form === undefined || !isSameDraft(before, draft));
  const [settled] = useDebouncedValue({ body, isWorthAsking }, settleMs);
  return useOperation(
    previewRequestForm,
    { body: settled.body },
    { keepPrevious: true, enabled: settled.isWorthAsking && isWorthAsking },
  );
}

function useSaving(
  { form, base, draft }: { form: RequestForm | undefined; base: Base; draft: FormDraft },
  { onSaved, refetch }: { onSaved: (saved: RequestForm) => void; refetch: () => Promise<RequestForm | undefined> },
) {
  const tag = useRef<string | undefined>(undefined);
  const save = useCommand(updateRequestForm, {
    invalidates: shownBy,
    ifMatch: () => tag.current,
    onSuccess: onSaved,
    onError: (problem, input) => {
      if (problem.status === 412) void again(input);
    },
  });
  // The tag also changes when only the use of the form does, which is no reason to stop: then it is sent once more.
  const again = async (input: Parameters<typeof save.mutate>[0]) => {
    const now = await refetch();
    if (now === undefined || now.version !== base.version || tagOf(now) === tag.current) return;
    tag.current = tagOf(now);
    save.mutate(input);
  };
  return {
    save,
    submit: () => {
      if (form === undefined) return;
      tag.current = tagOf(form);
      save.mutate({ params: { id: form.id }, body: bodyOfDraft(base.draft, draft) });
    },
  };
}

/** Makes a form of a draft that is new, and goes to its page. */
function useMaking(onMade: () => void) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  return useCommand(createRequestForm, {
    invalidates: shownBy,
    onSuccess: (made) => {
      onMade();
      announce(t('forms.made', { name: made.name }));
      void navigate({ to: '/manage/forms/$id', params: { id: made.id }, search: {} });
    },
  });
}

/** What a refusal says of each part; `unfit` where it has words of the parser alone. */
const problemsOf = (problem: ApiProblem | null, unfit: string): readonly FormProblem[] =>
  (problem?.fields ?? []).map(({ path, message }) => ({
    path: path.replace(/^body\./, ''),
    message: problem?.code === 'request.malformed' ? unfit : message,
  }));

type Loaded = {
  /** Undefined for a form that is not saved yet. */
  readonly form: RequestForm | undefined;
  readonly start: FormDraft;
  readonly refetch: () => Promise<RequestForm | undefined>;
};

/** The draft of a form, what saving it would change, and the way to save it. */
export function useFormEditor({ form, start, refetch }: Loaded) {
  const t = useText();
  const announce = useAnnounce();
  const { draft, setDraft, base, isConflict, settle, takeTheirs, keepMine } = useDraft(form, start);
  const [isTried, setIsTried] = useState(false);
  const isLeaving = useRef(false);
  const lacks: readonly Lack[] = lacksOf(draft);
  const isChanged = form === undefined ? !isSameDraft(start, draft) : !isSameDraft(base.draft, draft);
  const isSendable = form === undefined || isChanged;
  const open = isSendable ? openIn(draft, t) : [];
  const isWhole = lacks.length === 0 && open.length === 0;
  const preview = usePreview(form, { draft, before: base.draft, isWhole });
  const { save, submit: saveIt } = useSaving(
    { form, base, draft },
    {
      refetch,
      onSaved: (saved) => {
        settle(saved);
        setIsTried(false);
        announce(t('forms.saved', { n: saved.versionNumber ?? 1 }));
      },
    },
  );
  const create = useMaking(() => {
    isLeaving.current = true;
  });
  const unfit = t('forms.unfit');
  const found: readonly FormProblem[] = preview.data?.problems ?? problemsOf(preview.error, unfit);
  const problems = isWhole && isSendable ? found : open;
  const refused = form === undefined ? create.error : save.error;
  const isBusy = create.isPending || save.isPending;
  // What was refused was another draft.
  const write = (next: FormDraft) => {
    if (refused !== null) (form === undefined ? create : save).reset();
    setDraft(next);
  };
  const submit = () => {
    setIsTried(true);
    const inTheWay = lacks.length + problems.length;
    if (inTheWay > 0) announce(t('forms.problemsCount', { count: inTheWay }));
    if (inTheWay > 0 || isBusy || isConflict) return;
    if (form === undefined) {
      const { name, fields, policy, agreementIds } = draft;
      create.mutate({
        body: { name: name.trim(), fields: [...fields], policy, dataUseAgreementIds: [...agreementIds] },
      });
    } else if (isChanged) saveIt();
  };
  return {
    form,
    draft,
    setDraft: write,
    base,
    isChanged,
    isConflict,
    isTried,
    isBusy,
    isLeaving,
    lacks,
    problems: problems.length > 0 ? problems : problemsOf(refused, unfit),
    preview,
    // A conflict is shown as one; its 412 says nothing more.
    refused: refused?.status === 412 ? null : refused,
    submit,
    discard: () => write(form === undefined ? start : base.draft),
    takeTheirs,
    keepMine,
  };
}
export type FormEditor = ReturnType<typeof useFormEditor>;
