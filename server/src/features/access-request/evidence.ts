import type { Evidence } from '@stoa/contract/evidence';
import type { PlanPreview } from '@stoa/contract/plan';
import { mostColumns } from '@stoa/core/review/check-columns';
import type { Deps } from '../../deps.ts';
import { previewPlan } from '../../provisioning/plan-preview.ts';
import { findEligible } from '../approval-record/eligible-people.ts';
import { presentRecord } from '../approval-record/present-record.ts';
import { assessRequests } from '../assist/assess-request.ts';
import { readAssistRate } from '../assist/list-rates.ts';
import { withMasks } from '../masking-exception/mask-of-column.ts';
import { listRequestColumns } from '../masking-exception/list-columns.ts';
import { readSensitivity } from '../tag/sensitivity.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { describeAgreements, describeAnswers, describeForm, loadPinnedForm } from './evidence-answers.ts';
import { describeDecision, describeStages } from './evidence-decision.ts';
import { readDecisionFigures } from './evidence-history.ts';
import { describeParties, describePeers } from './evidence-people.ts';
import { findSignals } from './evidence-signals.ts';
import { describeSources, findingsOn } from './evidence-sources.ts';
import { describeStatements } from './evidence-statements.ts';
import { describeTimeline } from './evidence-timeline.ts';
import { describeUse } from './evidence-use.ts';
import { loadRequestFor } from './load-viewer.ts';
import { loadSnoozes, snoozedUntil } from './snooze.ts';
import { presentRequest } from './present-request.ts';
import { toPersonName } from './read-request.ts';
import { findRecentDeterminations } from './recent-determinations.ts';

/**
 * Everything that a steward looks at before deciding, in one answer; auditors read it as well. The plan asks the platforms; who
 * does not show it leaves it out.
 */
export async function readEvidence(
  deps: Deps,
  actor: LoadedPerson,
  id: string,
  { withPlan }: { withPlan: boolean } = { withPlan: true },
): Promise<Evidence> {
  const { db } = deps;
  const read = await loadRequestFor(db, id, { actor, action: 'access-request.inspect' });
  const { request, switches } = read;
  const viewer = { actor, switches };
  // One after the other: a page that many stewards open must not take a handful of connections each.
  const staffing = await findEligible(db, request, switches);
  const form = await loadPinnedForm(db, request.form_version);
  const parties = await describeParties(db, request);
  const sources = await describeSources(db, request);
  const findings = await findingsOn(db, sources);
  const figures = await readDecisionFigures(db, request);
  const asked = (await listRequestColumns(db, id, { offset: 0, limit: mostColumns })).data;
  const maskingColumns = await withMasks(db, asked);
  const [assessment] = await assessRequests(db, [request]);
  const isForColumns = request.type === 'MASKING_EXCEPTION';
  const sensitivity = await readSensitivity(db, {
    targetId: request.target_id,
    columns: isForColumns ? asked.map(({ sourceId, name }) => ({ sourceId, columnName: name })) : null,
  });
  const about = { targetId: request.target_id, type: request.type, exceptRequestId: request.id };
  return {
    request: {
      ...presentRequest(request, viewer),
      ...snoozedUntil((await loadSnoozes(db, viewer.actor, [id])).get(id)),
      reviewable: staffing.reviewable,
    },
    requester: parties.requester,
    beneficiary: parties.beneficiary,
    form: describeForm(request, form),
    answers: await describeAnswers(db, request, form),
    agreements: await describeAgreements(db, request),
    precedent: {
      approvals: await findRecentDeterminations(db, { ...about, manual: 'APPROVED' }),
      denials: await findRecentDeterminations(db, { ...about, manual: 'DENIED' }),
    },
    medianDecisionHours: figures.hours,
    sources,
    use: await describeUse(db, request),
    records: request.records.map((record) => {
      const people = staffing.eligible.get(record.id)?.map(toPersonName);
      return presentRecord(record, { request, viewer, ...(people === undefined ? {} : { eligible: people }) });
    }),
    stages: describeStages(read),
    maskingColumns,
    assist: assessment ?? { approvalRisk: 'INDETERMINATE' },
    assistRate: await readAssistRate(db, { targetId: request.target_id, type: request.type }),
    signals: findSignals({
      request,
      parties,
      sources,
      findings,
      maskingColumns,
      medianDays: figures.days,
      sensitivity,
    }),
    peers: await describePeers(db, request),
    findings,
    plan: withPlan && request.status === 'PENDING' ? await planInTime(deps, request.id) : null,
    statements: await describeStatements(db, request),
    timeline: await describeTimeline(db, request),
    decision: describeDecision(actor, read, staffing),
  };
}

/** A platform that does not answer must not hold up the rest of the page, which can ask for the plan by itself. */
const planPatience = 2_000;

async function planInTime(deps: Deps, requestId: string): Promise<PlanPreview | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), planPatience);
  });
  const plan = previewPlan(deps, requestId).catch((error: unknown) => {
    deps.log.warn({ err: error, requestId }, 'the plan of a request could not be made');
    return null;
  });
  try {
    return await Promise.race([plan, late]);
  } finally {
    clearTimeout(timer);
  }
}
