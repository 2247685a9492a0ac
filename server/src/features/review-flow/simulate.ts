import type { FlowSimulation, SimulateReviewFlowBody } from '@stoa/contract/flow-simulation';
import { fittingAnswers } from '@stoa/core/review/check-answers';
import { durationAnswer } from '@stoa/core/review/check-answers';
import { type DecidedEvent, type Flow, type FlowDraft, sourcesOfStage } from '@stoa/core/review/flow';
import type { RequestFacts } from '@stoa/core/review/request-facts';
import { type FlowsOfTarget, resolveFlow, routeRequest } from '@stoa/core/review/resolve-flow';
import { type Simulation, simulate } from '@stoa/core/review/simulate';
import { standardRequestForm } from '@stoa/core/review/standard';
import { type FlowOwner, parseFlow } from '@stoa/core/review/validate-flow';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type ApplicationSwitches, readSwitches } from '../../settings-store.ts';
import { readFlowFacts } from '../access-request/flow-facts.ts';
import { loadTarget } from '../access-request/load-target.ts';
import { type Candidates, findCandidates } from '../approval-record/find-candidates.ts';
import { presentSource } from '../approval-record/present-record.ts';
import { loadForms, loadFormsOrStandard } from '../request-form/load-forms.ts';
import type { ResolvedForm } from '../request-form/resolve-form-version.ts';
import { presentFlow, readStoredFlow } from '../request-form/stored-flow.ts';
import { type LoadedPerson, loadPeople } from '../user/load-people.ts';
import { requireReviewers } from './reviewer-names.ts';

type Tried = {
  target: { type: 'DATA_PRODUCT' | 'DATA_OBJECT'; id: string } | null;
  domainIds: readonly string[];
  form: Pick<ResolvedForm, 'formId' | 'fields' | 'flows'>;
};

/** Which rule would fire, and who would be asked, under flows as they stand or as they are drafted. Writes nothing. */
export async function simulateReviewFlow(
  db: Reader,
  actor: LoadedPerson,
  body: SimulateReviewFlowBody,
): Promise<FlowSimulation> {
  const switches = await readSwitches(db);
  const { target, domainIds, form } = await tried(db, { actor, body, switches });
  const { requester, beneficiary } = await parties(db, actor, body);
  const { answers, problems } = fittingAnswers(form.fields, body.answers);
  const now = await databaseNow(db);
  const facts = await readFlowFacts(db, {
    type: body.requestType,
    actor: requester,
    beneficiary,
    target: target && { ...target, domainIds },
    form,
    answers,
    columns: body.columns ?? [],
    now,
  });
  const candidates = await findCandidates(db, sourcesOf(routeRequest(form.flows, facts).event), domainIds);
  const outcome = simulate({
    flows: form.flows,
    facts,
    requestingUser: requester,
    beneficiary,
    domainIds,
    requestedDuration: durationAnswer(answers),
    people: candidates.people,
    settings: switches,
    now: now.getTime(),
  });
  return {
    origin: outcome.origin,
    targetFlowIsActive: resolveFlow(form.flows).targetIsActive,
    event: presentEvent(outcome.event),
    stages: presentStages(outcome, candidates),
    isStuck: outcome.isStuck,
    end: outcome.end === null ? null : new Date(outcome.end).toISOString(),
    facts: presentFacts(facts),
    answerProblems: [...problems],
  };
}

type Asked = { actor: LoadedPerson; body: SimulateReviewFlowBody; switches: ApplicationSwitches };

/** What is saved, with the drafts in place of it; only for who may manage it. */
async function tried(db: Reader, asked: Asked): Promise<Tried> {
  const { actor, body } = asked;
  const saved = body.target === undefined ? null : await ofTarget(db, asked, body.target);
  requireMay(actor, 'review-flow.simulate', { kind: 'flow-simulation', domains: saved?.domains ?? null });
  const form = await formOf(db, body, saved?.form);
  const targetType = body.target?.type ?? 'DATA_PRODUCT';
  const flows: FlowsOfTarget = {
    formFlow:
      body.formFlow === undefined
        ? form.policy
        : await checked(db, body.formFlow, { owner: 'form', member: 'formFlow', kept: form.policy }),
    targetFlow:
      body.targetFlow === undefined || body.targetFlow === null
        ? body.targetFlow === null
          ? null
          : (saved?.form.flows.targetFlow ?? null)
        : await checked(db, body.targetFlow, {
            owner: 'target',
            member: 'targetFlow',
            kept: saved?.form.flows.targetFlow ?? null,
          }),
    targetType,
  };
  return {
    target: saved === null ? null : { type: targetType, id: saved.id },
    domainIds: saved?.domains.map((d) => d.id) ?? body.domainIds ?? [],
    form: { formId: form.formId, fields: body.fields ?? form.fields, flows },
  };
}

async function ofTarget(
  db: Reader,
  { actor, body, switches }: Asked,
  { type, id }: NonNullable<SimulateReviewFlowBody['target']>,
) {
  const ref = { type: type === 'DATA_OBJECT' ? 'ASSET' : 'DATA_PRODUCT', id } as const;
  const target = await loadTarget(db, { ref, type: body.requestType, actor, switches });
  if (target.type !== type) throw notFound('target');
  return target;
}

type Form = Pick<ResolvedForm, 'formId' | 'fields' | 'policy'>;

/** The form that is named, else that of the target, else the standard one, which leaves it to the target. */
async function formOf(db: Reader, { formId }: SimulateReviewFlowBody, ofTarget: Form | undefined): Promise<Form> {
  if (formId === undefined) return ofTarget ?? (await loadFormsOrStandard(db, []))(standardRequestForm.id);
  const form = (await loadForms(db, [formId])).get(formId);
  if (form === undefined) throw notFound('request form');
  return form;
}

/** A draft that could not be saved is refused as saving it would be, with the place of each fault. */
async function checked(
  db: Reader,
  draft: FlowDraft,
  { owner, member, kept }: { owner: FlowOwner; member: string; kept: Flow | null },
): Promise<Flow> {
  const parsed = parseFlow(draft, owner);
  if (parsed.ok) return readStoredFlow(await requireReviewers(db, draft, { path: member, kept }), owner);
  const [first] = parsed.problems;
  throw new Refusal(first?.code ?? 'review_flow.invalid', {
    ...(first === undefined ? {} : { detail: first.message }),
    errors: parsed.problems.map(({ path, message }) => ({ path: `${member}.${path}`, message })),
  });
}

async function parties(db: Reader, actor: LoadedPerson, { requestingUser, user }: SimulateReviewFlowBody) {
  const ids = [requestingUser ?? actor.globalUserId, user ?? requestingUser ?? actor.globalUserId] as const;
  const people = await loadPeople(db, ids);
  const [requester, beneficiary] = ids.map((id) => people.get(id));
  if (requester === undefined || beneficiary === undefined) throw notFound('user');
  return { requester, beneficiary };
}

async function databaseNow(db: Reader): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select date_trunc('milliseconds', clock_timestamp()) as now`.execute(db);
  if (rows[0] === undefined) throw new Error('the database did not tell the time');
  return rows[0].now;
}

const sourcesOf = (event: DecidedEvent) => (event.type === 'review' ? event.params.stages.flatMap(sourcesOfStage) : []);

/** People of each kind that a slot names. */
const shownAtOnce = 20;

const presentStages = ({ stages }: Simulation<LoadedPerson>, candidates: Candidates): FlowSimulation['stages'] =>
  stages.map(({ mode, slots }) => ({
    mode,
    slots: slots.map(({ approvers, people, barred }) => ({
      reviewers: approvers.map(presentSource),
      people: people.slice(0, shownAtOnce).map(nameOf),
      peopleCount: candidates.countFit(approvers, people.length),
      barred: barred.slice(0, shownAtOnce).map(({ person, barrier }) => ({ person: nameOf(person), barrier })),
    })),
  }));

const nameOf = ({ globalUserId, username, name }: LoadedPerson) => ({ globalUserId, username, name });

function presentEvent(event: DecidedEvent): FlowSimulation['event'] {
  const shown = presentFlow({ rules: [], defaultEvent: event }).defaultEvent;
  if (shown.type === 'dataProductPolicy') throw new Error('a decided event delegates');
  return shown;
}

const presentFacts = (facts: RequestFacts): FlowSimulation['facts'] => ({
  duration: Number.isFinite(facts.duration) ? facts.duration : null,
  userGroups: [...facts.userGroups],
  userAttributes: Object.fromEntries(Object.entries(facts.userAttributes).map(([name, values]) => [name, [...values]])),
  targetTags: [...facts.targetTags],
  columnTags: [...facts.columnTags],
  columnCount: facts.columnCount,
  onBehalf: facts.onBehalf,
  risk: facts.risk,
});
