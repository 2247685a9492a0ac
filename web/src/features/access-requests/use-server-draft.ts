import type { RequestType } from '@stoa/contract/enums';
import {
  deleteRequestDraft,
  readRequestDraft,
  type RequestDraft,
  saveRequestDraft,
} from '@stoa/contract/request-draft';
import { useDebouncedCallback } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { call, queryOf } from '../../lib/api.ts';
import { membersOf } from '../../lib/members.ts';
import { useKept } from '../../lib/kept-text.ts';

/** So long nobody types before the draft goes to the server. */
const pauseMs = 1_000;

/** The copy in this tab bridges the second before it is saved, and a server that does not answer. */
type LocalDraft<D> = { readonly draft: D; readonly savedAt: string | null; readonly isDirty: boolean };

export type DraftState = 'none' | 'saving' | 'saved' | 'failed';

type Options<D> = {
  readonly targetId: string;
  readonly type: RequestType;
  readonly parse: (stored: unknown) => D | undefined;
  readonly fromWire: (draft: RequestDraft) => D;
  readonly toWire: (draft: D) => RequestDraft;
};

function parseLocal<D>(stored: unknown, parse: (value: unknown) => D | undefined): LocalDraft<D> | undefined {
  const { draft, savedAt, isDirty } = membersOf(stored);
  const parsed = parse(draft);
  if (parsed === undefined) return undefined;
  return { draft: parsed, savedAt: typeof savedAt === 'string' ? savedAt : null, isDirty: isDirty === true };
}

type Stored<D> = { readonly draft: D | undefined; readonly savedAt: string | null };

/** Which of the two is the later one. What this tab could not save yet goes first, unless it was saved elsewhere since. */
function later<D>(local: LocalDraft<D> | undefined, stored: Stored<D>): D | undefined {
  const isNewerThere = stored.savedAt !== null && (local?.savedAt ?? '') < stored.savedAt;
  return local?.isDirty === true && !isNewerThere ? local.draft : stored.draft;
}

/** A draft that is kept on the server, so that it is there in another window, on another machine, and next week. */
export function useServerDraft<D>({ targetId, type, parse, fromWire, toWire }: Options<D>) {
  const input = { params: { targetId }, query: { type } };
  // Never from memory: what another window saved a moment ago is there too.
  const stored = useQuery({ ...queryOf(readRequestDraft, input), gcTime: 0, staleTime: Number.POSITIVE_INFINITY });
  const kept = useKept<LocalDraft<D>>(`stoa-request-${targetId}-${type}`, (value) => parseLocal(value, parse));
  const [state, setState] = useState<DraftState>('none');
  const [savedAt, setSavedAt] = useState<string | null>(null);
  const [generation, setGeneration] = useState(0);
  const underWay = useRef<Promise<void>>(undefined);
  const send = useDebouncedCallback(
    (draft: D) => {
      setState('saving');
      const saving = call(saveRequestDraft, { ...input, body: toWire(draft) })
        .then(
          (answer) => {
            kept.keep({ draft, savedAt: answer.savedAt, isDirty: false });
            setSavedAt(answer.savedAt);
            setState('saved');
          },
          () => setState('failed'),
        )
        .finally(() => {
          if (underWay.current === saving) underWay.current = undefined;
        });
      underWay.current = saving;
    },
    { delay: pauseMs, flushOnUnmount: true },
  );
  const save = (draft: D) => {
    kept.keep({ draft, savedAt: savedAt ?? stored.data?.savedAt ?? null, isDirty: true });
    send(draft);
  };
  const throwAway = () => call(deleteRequestDraft, input).catch(() => undefined);
  /** It was sent, and the server has let go of it; a save that was on its way then must not bring it back. */
  const sent = () => {
    send.cancel();
    kept.forget();
    void underWay.current?.then(throwAway).then(kept.forget);
  };
  const lastSaved = savedAt ?? stored.data?.savedAt ?? null;
  const discard = async () => {
    send.cancel();
    await underWay.current;
    kept.forget();
    // One that was never saved is not there to be thrown away.
    if (lastSaved !== null) await throwAway();
    setState('none');
    setSavedAt(null);
    await stored.refetch();
    setGeneration((before) => before + 1);
  };
  const wire = stored.data?.draft ?? null;
  const first = stored.isPending
    ? undefined
    : later(kept.value, {
        draft: wire === null ? undefined : fromWire(wire),
        savedAt: stored.data?.savedAt ?? null,
      });
  return {
    isPending: stored.isPending,
    first,
    save,
    sent,
    discard,
    state,
    savedAt: lastSaved,
    /** Grows with each draft that is thrown away. */
    generation,
  };
}
