import {
  type AccessRequest,
  extendAccessRequest,
  getAccessRequestById,
  searchAccessRequests,
} from '@stoa/contract/access-request';
import type { TargetRequestForm } from '@stoa/contract/asset';
import { getDataProductById, searchDataProducts } from '@stoa/contract/data-product';
import type { RequestType } from '@stoa/contract/enums';
import { listMemberships } from '@stoa/contract/membership';
import { readRequestDraft } from '@stoa/contract/request-draft';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { call, useOperation } from '../../lib/api.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { OneAtATime } from '../../lib/one-at-a-time.ts';
import { bodyOf, columnsOf, type Draft } from './request-draft.ts';
import type { RequestTarget } from './request-target.ts';

/** Reads the request whose answers are taken over; none is asked for when there is none. */
export function useEarlierRequest(id: string | undefined) {
  return useOperation(getAccessRequestById, { params: { id: id ?? '' } }, { enabled: id !== undefined });
}

/** Access that is extended, or renewed after its end: the same person, asked for again. */
export type Continued = { readonly id: string; readonly kind: 'extend' | 'renew' };

export function continuedOf(earlier: AccessRequest | undefined, type: RequestType): Continued | undefined {
  if (earlier === undefined || type !== 'DATA_ACCESS') return undefined;
  if (earlier.abilities?.['extend']?.allowed === true) return { id: earlier.id, kind: 'extend' };
  return earlier.abilities?.['renew']?.allowed === true ? { id: earlier.id, kind: 'renew' } : undefined;
}

export type Asked = {
  readonly target: RequestTarget;
  readonly type: RequestType;
  readonly form: TargetRequestForm;
  readonly continued: Continued | undefined;
  /** The id of the pending request whose place it takes. */
  readonly replaces: string | undefined;
};

const wholeBody = ({ form, replaces }: Asked, draft: Draft) => ({
  ...bodyOf(form, draft),
  ...(replaces === undefined ? {} : { replaces }),
});

/** The forms of a target; live events read them again, since a form or an agreement may get a new version meanwhile. */
export function useForms(target: RequestTarget) {
  return useQuery<Awaited<ReturnType<RequestTarget['readForms']>>, ApiProblem>({
    queryKey: ['request-forms', target.type, target.id],
    queryFn: ({ signal }) => target.readForms({ signal }),
    meta: { path: target.formsPath },
  });
}

/** What would happen with the answers as they stand, once nobody has typed for a moment. */
function usePreview(asked: Asked, draft: Draft) {
  const { target, type } = asked;
  const isMasking = type === 'MASKING_EXCEPTION';
  const columns = isMasking ? { columns: columnsOf(draft.columns) } : {};
  const [settled] = useDebouncedValue({ ...wholeBody(asked, draft), ...columns }, 400);
  const { preview } = target;
  return useQuery<Awaited<ReturnType<NonNullable<RequestTarget['preview']>>>, ApiProblem>({
    queryKey: ['request-preview', target.type, target.id, settled],
    queryFn: ({ signal }) => {
      if (preview === undefined) throw new Error('nothing to ask');
      return preview(settled, { signal });
    },
    // Of no column nothing can be told.
    enabled: preview !== undefined && !(isMasking && (settled.columns ?? []).length === 0),
    placeholderData: keepPreviousData,
    meta: { path: target.formsPath },
  });
}

const shown = [searchAccessRequests, getAccessRequestById, getDataProductById, searchDataProducts, listMemberships];

function useSend(asked: Asked, onSent: (request: AccessRequest) => void) {
  const { target, type, continued } = asked;
  const client = useQueryClient();
  // The same act tried again, after a reply that got lost, is done once.
  const open = useRef<{ body: string; key: string }>(undefined);
  const [acts] = useState(() => new OneAtATime());
  const mutation = useMutation<AccessRequest, ApiProblem, Draft>({
    mutationKey: ['ask', target.id, type],
    retry: false,
    mutationFn: (draft) => {
      const body = wholeBody(asked, draft);
      const sent = JSON.stringify([body, draft.columns, continued]);
      if (open.current?.body !== sent) open.current = { body: sent, key: crypto.randomUUID() };
      const options = { idempotencyKey: open.current.key };
      if (type === 'MASKING_EXCEPTION')
        return target.askForColumns({ ...body, columns: columnsOf(draft.columns) }, options);
      if (continued === undefined) return target.ask(body, options);
      return call(extendAccessRequest, { params: { id: continued.id }, body: { form: body.form } }, options);
    },
    onSuccess: async (request) => {
      open.current = undefined;
      onSent(request);
      client.removeQueries({ queryKey: [readRequestDraft.id, { params: { targetId: target.id } }], exact: false });
      await Promise.all(shown.map((other) => client.invalidateQueries({ queryKey: [other.id] })));
    },
    onError: async (problem) => {
      if (problem.status >= 400 && problem.status < 500) open.current = undefined;
      // The form moved on under the reader's hands: the new text is shown, and what was written stays.
      if (problem.code === 'agreement.outdated' || problem.code === 'precondition.failed')
        await client.invalidateQueries({ queryKey: ['request-forms', target.type, target.id] });
    },
    onSettled: (_, __, draft) => acts.end(draft),
  });
  return {
    ...mutation,
    send: (draft: Draft) => {
      if (acts.begin(draft)) mutation.mutate(draft);
    },
  };
}

type Drafting = { readonly save: (draft: Draft) => void; readonly sent: () => void };

/** The state of the request form: what is written; what would happen; sending it. */
export function useRequestForm(
  asked: Asked,
  start: Draft,
  { drafting, onSent }: { drafting: Drafting; onSent: (request: AccessRequest) => void },
) {
  const [value, setValue] = useState(start);
  const preview = usePreview(asked, value);
  const command = useSend(asked, (request) => {
    drafting.sent();
    onSent(request);
  });
  const set = (changes: Partial<Draft>) => {
    const next = { ...value, ...changes };
    setValue(next);
    drafting.save(next);
  };
  return { value, set, body: bodyOf(asked.form, value), preview, command, submit: () => command.send(value) };
}
