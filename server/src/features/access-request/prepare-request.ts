import type { FormInput } from '@stoa/contract/access-request';
import type { RequestType } from '@stoa/contract/enums';
import { may } from '@stoa/core/permissions/may';
import type { Actor } from '@stoa/core/permissions/objects';
import { type Refused, refused } from '@stoa/core/refusal';
import { replaceRequest } from '@stoa/core/review/close';
import { type CheckedAnswers, checkAnswers, type GivenAnswers } from '@stoa/core/review/check-answers';
import { withEarlierAnswers } from '@stoa/core/review/extend';
import type { DecidedEvent } from '@stoa/core/review/flow';
import { routeRequest } from '@stoa/core/review/resolve-flow';
import type { AskedColumn } from '@stoa/core/review/check-columns';
import { checkNewRequest, type EarlierRequest } from '@stoa/core/review/submit';
import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { type ApplicationSwitches, readSwitches } from '../../settings-store.ts';
import { holdAgreements } from '../data-use-agreement/load-agreements.ts';
import { type LoadedPerson, loadPeople } from '../user/load-people.ts';
import { readFlowFacts } from './flow-facts.ts';
import type { LoadedRequest } from './load-requests.ts';
import { loadTarget, type RequestTarget, type TargetRef } from './load-target.ts';
import { loadReplaced } from './replace.ts';

export type RequestInput = {
  actorId: string;
  target: TargetRef;
  type: RequestType;
  beneficiaryId: string;
  form: FormInput | undefined;
  /** The request that this one goes on from: its answers stand in for those that are left out. */
  earlier?: EarlierAsked;
  /** Of a masking exception. */
  columns?: readonly AskedColumn[];
  /** A pending request that this one takes the place of. */
  replaces?: string;
};
export type EarlierAsked = {
  id: string;
  kind: 'extend' | 'renew';
  answers: readonly { readonly fieldId: string; readonly type: string; readonly value: unknown }[];
};
/** Everything that a new request depends on, read at one time. */
export type Draft = {
  actor: LoadedPerson;
  beneficiary: LoadedPerson;
  switches: ApplicationSwitches;
  target: RequestTarget;
  earlier: EarlierRequest[];
  given: GivenAnswers & { formVersion?: string | undefined };
  asked: EarlierAsked | undefined;
  replaced: LoadedRequest | undefined;
  columns: readonly AskedColumn[];
  type: RequestType;
  now: Date;
};

/** Loads what a request would be made of. `hold` is for the transaction that makes it. */
export async function draftRequest(db: Reader, input: RequestInput, hold: 'hold' | 'read'): Promise<Draft> {
  const switches = await readSwitches(db);
  const people = await loadPeople(db, [input.actorId, input.beneficiaryId]);
  const actor = people.get(input.actorId);
  if (actor === undefined) throw notFound('account');
  const { type } = input;
  const target = await loadTarget(db, { ref: input.target, type, actor, switches }, hold);
  const beneficiary = people.get(input.beneficiaryId);
  if (beneficiary === undefined) throw notFound('user');
  // Two requests of one person for one target are made one after the other, also where no review holds them apart.
  if (hold === 'hold')
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${beneficiary.globalUserId}/${target.id}/${type}`}, 71))`.execute(
      db,
    );
  const { replaces } = input;
  const replaced =
    replaces === undefined ? undefined : await loadReplaced(db, replaces, { actor, target, type, beneficiary });
  const { rows } = await sql<{
    now: Date;
    earlier: (Omit<EarlierRequest, 'expiration'> & { expiration: number | null })[];
  }>`
    select date_trunc('milliseconds', clock_timestamp()) as now,
      (select coalesce(json_agg(json_build_object('id', r.id, 'status', r.status,
          'expiration', (extract(epoch from r.expiration) * 1000)::float8) order by r.created_at), '[]')
        from access_request r where r.beneficiary = ${beneficiary.globalUserId} and r.target_id = ${target.id}
          and r.type = ${type} and r.status in ('PENDING', 'APPROVED')) as earlier`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error('the database did not tell the time');
  const { answers, agreements, formVersion } = input.form ?? { answers: [], agreements: [] };
  const asked = input.earlier;
  const given = {
    formVersion,
    agreements,
    answers: withEarlierAnswers(answers, asked?.answers ?? [], target.form.fields),
  };
  const columns = input.columns ?? [];
  // What else was asked for on this target does not stand in the way of columns: they are judged one by one.
  const earlier = type === 'MASKING_EXCEPTION' ? [] : row.earlier.filter((one) => one.id !== replaces);
  return { actor, beneficiary, switches, target, earlier, given, asked, replaced, columns, type, now: row.now };
}

/** The draft with the agreements that are current now and stay so until the commit: those are pinned to the request. */
export async function holdAgreementsOf(tx: Tx, draft: Draft): Promise<Draft> {
  const { form } = draft.target;
  const held = await holdAgreements(
    tx,
    form.agreements.map((a) => a.id),
  );
  const agreements = form.agreements.flatMap(({ id }) => held.get(id) ?? []);
  return { ...draft, target: { ...draft.target, form: { ...form, agreements } } };
}

/** Whether the request may be made at all; `extends` names temporary access that it would prolong. */
export function checkDraft(draft: Draft): { ok: true; extends: string | null } | Refused {
  const { actor, beneficiary, target, switches, replaced } = draft;
  const answer = may(actor, 'access-request.create', {
    kind: 'new-request',
    beneficiary,
    targetDomains: target.domains,
    onBehalf: switches.onBehalf,
  });
  if (!answer.allowed)
    return refused(isOnBehalf(draft) ? 'access_request.on_behalf_refused' : answer.code, answer.reason);
  const replacing = replaced === undefined ? null : replaceRequest(replaced.status);
  if (replacing?.ok === false) return replacing;
  return checkNewRequest({
    earlier: draft.earlier,
    targetSuspended: target.suspended,
    beneficiaryActive: beneficiary.status === 'active',
    now: draft.now.getTime(),
  });
}

export const isOnBehalf = ({ actor, beneficiary }: { actor: Actor; beneficiary: Actor }): boolean =>
  actor.globalUserId !== beneficiary.globalUserId;

/** Holds the answers against the current form. */
export function checkForm({ target: { form }, given }: Draft): CheckedAnswers | Refused {
  if (given.formVersion !== undefined && given.formVersion !== form.version)
    return refused('precondition.failed', 'The form has a newer version than the one that was answered.', {
      formVersion: form.version,
    });
  return checkAnswers({ fields: form.fields, agreements: form.agreements }, given);
}

export type Routed = { event: DecidedEvent; rule: string | null };

/** Asks the flows what is to happen, once. Without answers (a preview) the rules that look at answers do not hold. */
export async function routeDraft(db: Reader, draft: Draft, checked: CheckedAnswers | null): Promise<Routed> {
  const { type, actor, beneficiary, target, now } = draft;
  const facts = await readFlowFacts(db, {
    type,
    actor,
    beneficiary,
    target: { type: target.form.flows.targetType, id: target.id, domainIds: target.domains.map((d) => d.id) },
    form: target.form,
    answers: checked?.answers ?? [],
    columns: draft.columns,
    now,
  });
  const { event, origin } = routeRequest(target.form.flows, facts);
  return { event, rule: origin.rule === null ? null : `Rule ${origin.rule + 1}` };
}
