import type { PolicyScope } from '@stoa/contract/policy';
import type { PolicyDraft } from '@stoa/contract/policy-resource';
import type { Actor, PolicyObject } from '@stoa/core/permissions/objects';
import { type CheckedBody, checkDraft } from '@stoa/core/policy/check-draft';
import { type PolicyProblem, unknownNames } from '@stoa/core/policy/problem';
import { isDataOwner } from '@stoa/core/permissions/standing';
import { sql } from 'kysely';
import type { Tx, Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { rolesSomewhere } from '../data-object/held-roles.ts';
import { findUnknownThings, loadKnownNames } from './known-names.ts';
import { draftObject, loadPlaces } from './policy-object.ts';

export type AcceptedDraft = { readonly checked: CheckedBody; readonly object: PolicyObject };

/** Holds a draft against the rights of its author, the language, and everything it names; refuses with each place. */
export async function acceptDraft(tx: Tx, actor: Actor, draft: PolicyDraft): Promise<AcceptedDraft> {
  await holdScope(tx, draft.scope);
  return judgeDraft(tx, actor, draft);
}

/** The same for a draft that is only looked at. */
export async function judgeDraft(reader: Reader, actor: Actor, draft: PolicyDraft): Promise<AcceptedDraft> {
  const [place] = await loadPlaces(reader, [draft.scope], actor);
  if (!place) {
    const path = draft.scope.kind === 'local' ? 'scope.dataSourceId' : 'scope.domainId';
    const what = draft.scope.kind === 'local' ? 'data source' : 'domain';
    throw invalid([{ path, message: `There is no such ${what}.` }]);
  }
  const isOwners = draft.scope.kind === 'restricted';
  const ownsSources = isOwners && isDataOwner((await rolesSomewhere(reader, actor)).callerRoles);
  const object = draftObject(draft, place, ownsSources);
  requireMay(actor, 'policy.author', object);
  return { checked: await requireKnownNames(reader, draft), object };
}

/** What the policy is about cannot be deleted while it is being saved. */
async function holdScope(tx: Tx, scope: PolicyScope): Promise<void> {
  if (scope.kind === 'domain') await sql`select from domain where id = ${scope.domainId} for key share`.execute(tx);
  if (scope.kind === 'local')
    await sql`select from data_source where id = ${scope.dataSourceId} for key share`.execute(tx);
}

/** The draft as it is stored, once its texts can be read and everything it names is there. */
export async function requireKnownNames(reader: Reader, draft: PolicyDraft): Promise<CheckedBody> {
  const checked = checkDraft(draft);
  const unknown = [
    ...unknownNames(checked.names, await loadKnownNames(reader, checked.names)),
    ...(await findUnknownThings(reader, draft)),
  ];
  if (!checked.ok && checked.code === 'policy.not_available') throw unavailable(checked.problems);
  if (!checked.ok) throw invalid([...checked.problems, ...unknown]);
  if (unknown.length > 0) throw invalid(unknown);
  return checked.policy;
}

const told = ({ path, message, place }: PolicyProblem): { path: string; message: string } => ({
  path,
  message: place === undefined ? message : `Line ${place.line}, column ${place.column}: ${message}`,
});

/** Each problem with its member; the places once more as numbers, for editors. */
const invalid = (problems: readonly PolicyProblem[]): Refusal =>
  new Refusal('policy.invalid', {
    detail: problems[0] === undefined ? 'The policy is not valid.' : told(problems[0]).message,
    errors: problems.map(told),
    extra: { problems },
  });

const unavailable = (problems: readonly PolicyProblem[]): Refusal =>
  new Refusal('policy.not_available', {
    detail: problems.map((problem) => problem.message).join(' '),
    errors: problems.map(told),
  });
