import type { AccessExplanation, AccessStep } from '@stoa/contract/access';
import type { PersonName } from '@stoa/contract/person';
import { circumstance } from '@stoa/contract/policy';
import { exposed, sourceProblem } from '@stoa/core/access/compile';
import { explainAccess, type Explanation } from '@stoa/core/access/explain';
import { may } from '@stoa/core/permissions/may';
import type { Actor, ExplainObject } from '@stoa/core/permissions/objects';
import type { ReviewerSource } from '@stoa/core/review/flow';
import { stewardsOf } from '@stoa/core/review/resolve-flow';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { toPersonName } from '../access-request/read-request.ts';
import { findCandidates } from '../approval-record/find-candidates.ts';
import { loadDataProducts } from '../data-product/load-products.ts';
import { resolveAssetForms } from '../request-form/resolve-form-version.ts';
import { type LoadedPerson, loadPeople } from '../user/load-people.ts';
import { clearFor } from './clear-for.ts';
import { masksFor, nextForColumn, tellColumn, tellRow } from './explain-columns.ts';
import { type ExplainedFacts, type ExplainedSource, loadExplained, loadExplainedSource } from './load-explained.ts';
import { type Helpers, nextStep, type NextStep, type ReviewersOf } from './next-step.ts';
import { causesOf } from './tell-causes.ts';

type Question = {
  readonly actor: LoadedPerson;
  readonly globalUserId: string;
  readonly dataSourceId: number;
  /** This column alone, and for those who may know of others, everybody who sees it. */
  readonly column?: string | undefined;
};

/** Why somebody may read a source and what they are shown of it, from the same compile that is enforced; a "no" names one next step. */
export async function explain(deps: Deps, question: Question): Promise<AccessExplanation> {
  const { actor, globalUserId, column } = question;
  const about = await loadQuestions(deps, { ...question, globalUserIds: [globalUserId] });
  const answer = answerFor(about, globalUserId);
  const helped = await withPeople(deps.db, answer, globalUserId);
  if (column === undefined) return helped;
  const [only] = (helped.columns ?? []).filter(({ name }) => name === column);
  if (only === undefined) throw notFound('column');
  // What somebody may know of themself alone tells nothing about others.
  const mayKnow = may(actor, 'access.explain', { ...about.object, globalUserId: '', personId: '' }).allowed;
  return { ...helped, columns: [{ ...only, clearFor: mayKnow ? await clearFor(deps.db, about.facts, column) : null }] };
}

/** The same of several people about one source, from one load of the facts; without the names of whom to ask. */
export async function explainPeople(
  deps: Deps,
  question: Omit<Question, 'globalUserId'> & { readonly globalUserIds: readonly string[] },
): Promise<ReadonlyMap<string, AccessExplanation>> {
  const about = await loadQuestions(deps, question);
  return new Map(question.globalUserIds.map((id) => [id, answerFor(about, id).told]));
}

type About = {
  readonly people: ReadonlyMap<string, LoadedPerson>;
  readonly object: ExplainObject;
  readonly facts: ExplainedFacts;
  readonly stewards: Stewards;
  readonly byUser: ReadonlyMap<string, Pick<ExplainedFacts['access'], 'approvals' | 'users'>>;
};

async function loadQuestions(
  deps: Deps,
  {
    actor,
    dataSourceId,
    globalUserIds,
  }: { actor: LoadedPerson; dataSourceId: number; globalUserIds: readonly string[] },
): Promise<About> {
  const [people, source] = await Promise.all([
    loadPeople(deps.db, globalUserIds),
    loadExplainedSource(deps.db, dataSourceId, actor),
  ]);
  if (!source || globalUserIds.some((id) => !people.has(id))) throw notFound('user or data source');
  const stewards = await loadStewards(deps.db, source, actor);
  const { domains: sourceDomains, callerRoles } = source;
  const object = { kind: 'explain' as const, sourceDomains, callerRoles, reviewers: stewards.all };
  const asked = [...people.values()].map(({ globalUserId, personId }) => ({ ...object, globalUserId, personId }));
  for (const one of asked) requireMay(actor, 'access.explain', one);
  const facts = await loadExplained(deps, source, globalUserIds);
  const [first] = asked;
  if (first === undefined) throw notFound('user');
  return { people, object: first, facts, stewards, byUser: splitByUser(facts) };
}

/** Judging one person looks at what is about them, and at nobody else's approvals. */
function splitByUser({ access }: ExplainedFacts): About['byUser'] {
  const byUser = new Map(
    access.users.map((user) => [
      user.globalUserId,
      { users: [user], approvals: [] as (typeof access.approvals)[number][] },
    ]),
  );
  for (const approval of access.approvals) byUser.get(approval.globalUserId)?.approvals.push(approval);
  return byUser;
}

type Stewards = {
  /** Of whatever may be asked for here. */
  readonly all: readonly ReviewerSource[];
  readonly ofAccess: ReviewersOf;
  readonly ofExceptions: ReviewersOf;
};

async function loadStewards(db: Reader, source: ExplainedSource, actor: Actor): Promise<Stewards> {
  const ids = source.products.map((product) => product.id);
  const products = await loadDataProducts(db, ids, actor);
  const forms = await resolveAssetForms(
    db,
    source.assets.map((asset) => asset.id),
  );
  const ofAssets = new Map([...forms].map(([id, form]) => [id, stewardsOf(form.DATA_ACCESS.flows)]));
  const domainIds = source.domains.map(({ id }) => id);
  const ofProducts = (type: 'DATA_ACCESS' | 'MASKING_EXCEPTION') =>
    [...products].map(([id, { flows, row }]): [string, Helpers] => [
      id,
      { sources: stewardsOf(flows[type]), domainIds: row.domains.map((domain) => domain.id) },
    ]);
  return {
    all: [...[...products.values()].flatMap((product) => product.object.reviewers), ...[...ofAssets.values()].flat()],
    ofAccess: new Map([
      ...ofProducts('DATA_ACCESS'),
      ...[...ofAssets].map(([id, sources]): [string, Helpers] => [id, { sources, domainIds }]),
    ]),
    ofExceptions: new Map(ofProducts('MASKING_EXCEPTION')),
  };
}

/** An answer, and whom each of its next steps needs. */
type Answer = { readonly told: AccessExplanation; readonly next: ReadonlyMap<AccessStep, Helpers> };

function answerFor(about: About, globalUserId: string): Answer {
  const { facts, people, stewards } = about;
  const { source, policy } = facts;
  const own = about.byUser.get(globalUserId) ?? { users: [], approvals: [] };
  const answer = explainAccess(
    { ...facts.access, ...own },
    { globalUserId, dataSourceId: source.id },
    {
      rules: policy.rules,
      source: policy.loaded?.facts,
      object: source.object,
      person: facts.people.get(globalUserId)?.facts,
      containerNumber: policy.containerNumber,
    },
  );
  const identity = facts.identities.get(globalUserId);
  const bypass =
    identity?.principalId == null
      ? []
      : [...(facts.bypass.of.get(identity.principalId) ?? []), ...facts.bypass.everybody];
  const next = answer.effective ? null : nextStep({ source, identity }, answer, stewards.ofAccess);
  const masks = masksFor(facts, globalUserId);
  const types = new Map(facts.masks?.source.columns.map(({ ordinal, nativeType }) => [ordinal, nativeType]));
  const columns = (masks?.columns ?? []).map((column) => ({
    told: tellColumn(column, {
      nativeType: types.get(column.ordinal) ?? '',
      isHeld: facts.masks?.held.has(column.ordinal) === true,
    }),
    next: nextForColumn(column, source, stewards.ofExceptions),
  }));
  const steps = [next, ...columns.map((column) => column.next)].filter((one): one is NextStep => one !== null);
  return {
    next: new Map(steps.map(({ step, helpers }) => [step, helpers])),
    told: {
      effective: effectiveOf(answer),
      causes: causesOf(answer, source, bypass),
      guardrails: answer.guardrails.map(({ name, passes, reason }) => ({ name, passes, reason })),
      policies: answer.policies.map((one) => ({
        ...one,
        matchedCircumstance: circumstance.parse(one.matchedCircumstance),
        truth: [...one.truth],
      })),
      formula: answer.formula,
      path: [...answer.path.map((step) => named(step, people.get(globalUserId))), ...(next ? [next.step] : [])],
      columns: columns.map((column) => ({ ...column.told, next: column.next?.step ?? null })),
      rows: (masks?.rows ?? []).map(tellRow),
      ...placeOf(source, people.get(globalUserId)),
      identity: identity ? { externalName: identity.externalName, state: identity.state } : null,
      ...(next ? { next: next.step.text ?? '' } : {}),
      bypass,
      proof: facts.proofs.get(globalUserId) ?? null,
    },
  };
}

const named = (step: Explanation['path'][number], person: LoadedPerson | undefined): AccessStep =>
  step.kind === 'user' ? { ...step, name: person?.name ?? step.name } : { ...step };

const placeOf = (
  source: ExplainedSource,
  person: LoadedPerson | undefined,
): Pick<AccessExplanation, 'user' | 'source'> => ({
  ...(person === undefined ? {} : { user: toPersonName(person) }),
  source: {
    dataSourceId: source.id,
    name: source.name,
    connectionKey: source.connection_key,
    technology: source.technology,
    objectPath: source.object_path,
    exposedPath: sourceProblem(source.object) === null ? exposed(source.object).objectPath.slice() : null,
  },
});

/** A guardrail of a policy that fails prevents access whatever is approved; else a "no" is one that a request may change. */
function effectiveOf({ effective, policies }: Explanation): AccessExplanation['effective'] {
  if (effective) return 'SUBSCRIBED';
  return policies.some(({ kind, result }) => kind === 'guardrail' && !result) ? 'RESTRICTED' : 'NONE';
}

/** So many names serve; the first who is reached will do. */
const mostPeople = 5;

/** The next steps with the names of those who can help, without the person asked about: nobody helps themself. */
async function withPeople(db: Reader, { told, next }: Answer, globalUserId: string): Promise<AccessExplanation> {
  const known = new Map<string, PersonName[]>();
  for (const helpers of new Set(next.values())) {
    const { people } = await findCandidates(db, helpers.sources, helpers.domainIds);
    const others = people.filter((person) => person.globalUserId !== globalUserId);
    known.set(keyOf(helpers), others.slice(0, mostPeople).map(toPersonName));
  }
  const helped = (step: AccessStep): AccessStep => {
    const helpers = next.get(step);
    const people = helpers === undefined ? [] : (known.get(keyOf(helpers)) ?? []);
    return people.length > 0 ? { ...step, people } : step;
  };
  return {
    ...told,
    path: told.path.map(helped),
    columns: (told.columns ?? []).map((column) => ({
      ...column,
      next: column.next === null ? null : helped(column.next),
    })),
  };
}

const keyOf = (helpers: Helpers): string => JSON.stringify([helpers.sources, helpers.domainIds]);
