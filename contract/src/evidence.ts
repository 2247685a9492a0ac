import { z } from 'zod';
import { accessRequest, answerValue } from './access-request.ts';
import { approvalRecord, determination } from './approval-record.ts';
import { assistRate, riskAssessment } from './assist.ts';
import { productColumn } from './data-product.ts';
import { driftFinding, durationUnit, fieldType, identityState, technology } from './enums.ts';
import { masking } from './masking.ts';
import { operation } from './operation.ts';
import { person, personName } from './person.ts';
import { planPreview } from './plan.ts';
import { cuid, durationAmount, instant, uuid } from './text.ts';

/** A person as stewards judge them. */
export const evidencePerson = z
  .object({
    person,
    status: z.enum(['active', 'disabled']),
    groups: z.array(z.string()),
    attributes: z.record(z.string(), z.array(z.string())),
    /** What they have already in the domains of the target. */
    accessInDomain: z.array(z.object({ id: uuid, name: z.string(), since: instant, until: instant.nullable() })),
    identities: z.array(z.object({ connectionKey: z.string(), externalName: z.string(), state: identityState })),
  })
  .meta({ id: 'EvidencePerson' });
export type EvidencePerson = z.infer<typeof evidencePerson>;

export const evidenceAnswer = z.object({
  fieldId: uuid,
  type: fieldType,
  label: z.string(),
  value: answerValue,
  /** The answer in words. */
  display: z.string(),
  /** The answer in the same person's last request for this target. */
  previous: z.string().optional(),
});
export type EvidenceAnswer = z.infer<typeof evidenceAnswer>;

export const evidenceAgreement = z.object({
  id: uuid,
  name: z.string(),
  version: z.int(),
  sha256: z.string(),
  body: z.string(),
  acceptedBy: personName.nullable(),
  acceptedAt: instant.nullable(),
  outdated: z.boolean(),
  /** Where it was asked for somebody else: when they accepted it; null while access waits for that. */
  byBeneficiary: z.object({ name: z.string(), acceptedAt: instant.nullable() }).optional(),
});
export type EvidenceAgreement = z.infer<typeof evidenceAgreement>;

/** What approving would change for one source. */
export const evidenceSource = z.object({
  dataSourceId: z.int(),
  name: z.string(),
  connectionKey: z.string(),
  technology,
  objectPath: z.array(z.string()),
  /** `HAS_ACCESS` already by `cause`; `PREVENTED` by `cause`; else it is gained, with what is to be known of that as `cause`. */
  effect: z.enum(['GAINS_ACCESS', 'HAS_ACCESS', 'PREVENTED']),
  cause: z.string().optional(),
  /** The guardrails that prevent it: an approval takes effect once the beneficiary passes them. */
  guardrails: z.array(z.string()).optional(),
  /** It has left the domains of the product: its role is granted it no more, but whoever gets the product reads what it holds. */
  outOfDomain: z.enum(['held', 'closed']).optional(),
  comment: z.string().nullable(),
  columnCount: z.int(),
  maskedColumnCount: z.int(),
  tags: z.array(z.string()),
  /** Data owners, people and groups, the nearest first. */
  owners: z.array(z.string()),
});
export type EvidenceSource = z.infer<typeof evidenceSource>;

/** How the beneficiary used the sources of the target in the last `days`, as the platforms count it. */
export const evidenceUse = z.object({
  days: z.int(),
  sources: z.int(),
  /** Of those, on how many reads are counted, on all of them at the latest since `countedSince`. */
  countedSources: z.int(),
  usedSources: z.int(),
  calls: z.int(),
  lastAt: instant.nullable(),
  countedSince: instant.nullable(),
});
export type EvidenceUse = z.infer<typeof evidenceUse>;

export const hardSignal = z.object({
  code: z.enum([
    'guardrail_unmet',
    'sensitive_tags',
    'inactive_account',
    'duration_above_median',
    'on_behalf',
    'requester_is_steward',
    'bypass',
    'no_identity',
    'nothing_to_lift',
    'out_of_domain',
  ]),
  severity: z.enum(['info', 'warn', 'stop']),
  text: z.string(),
});
export type HardSignal = z.infer<typeof hardSignal>;

export const timelineEntry = z.object({
  at: instant,
  kind: z.string(),
  text: z.string(),
  actor: personName.nullable(),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** A native statement that ran for a request, as the audit keeps it. */
export const evidenceStatement = z.object({
  at: instant,
  connectionKey: z.string(),
  statement: z.string(),
  /** What the platform answered where it refused. */
  failure: z.string().nullable(),
});
export type EvidenceStatement = z.infer<typeof evidenceStatement>;

/** Everything a steward looks at before deciding, in one answer (product.md 8.1). */
export const evidence = z
  .object({
    request: accessRequest,
    /** Who clicked; the same person as `beneficiary` unless asked on behalf. */
    requester: evidencePerson,
    beneficiary: evidencePerson,
    form: z.object({ id: uuid, name: z.string(), version: z.string(), newerExists: z.boolean() }),
    answers: z.array(evidenceAnswer),
    agreements: z.array(evidenceAgreement),
    /** The last five approvals and the last five denials made by people on this target and type. */
    precedent: z.object({ approvals: z.array(determination), denials: z.array(determination) }),
    medianDecisionHours: z.number().nullable(),
    sources: z.array(evidenceSource),
    /** Null where the beneficiary has not had access to the target before. */
    use: evidenceUse.nullable(),
    records: z.array(approvalRecord),
    /** Stages in order, with the ids of their records. */
    stages: z.array(
      z.object({ number: z.int(), mode: z.enum(['any', 'all']), recordIds: z.array(cuid), satisfied: z.boolean() }),
    ),
    /** Of a request to see columns in clear: each with the mask as it is set, so that what it makes of a value can be shown. */
    maskingColumns: z.array(productColumn.extend({ masking: masking.nullable().optional() })),
    /** While it is pending, what earlier decisions suggest now; afterwards, what they suggested when it was decided. */
    assist: riskAssessment,
    /** Whether people followed that advice on this target; null before anybody decided here. */
    assistRate: assistRate.nullable(),
    signals: z.array(hardSignal),
    /** How many of the people in each of the beneficiary's groups have it. */
    peers: z.array(z.object({ group: z.string(), having: z.int(), total: z.int() })),
    /** Ways around our containers that the last sweep saw on these sources. */
    findings: z.array(
      z.object({
        finding: driftFinding,
        object: z.string(),
        principal: z.string().nullable(),
        since: instant,
        /** Who leaves it as it is, and why. */
        ignored: z.object({ by: z.string(), reason: z.string() }).optional(),
      }),
    ),
    plan: planPreview.nullable(),
    /** The last twenty statements that ran to give this access, to repair it or to take it away, the oldest first. */
    statements: z.array(evidenceStatement),
    timeline: z.array(timelineEntry),
    decision: z.object({
      allowed: z.boolean(),
      /** Why not. */
      reason: z.string().optional(),
      /** Who could decide now. */
      eligible: z.array(personName),
      requestedDuration: z.object({ amount: durationAmount, unit: durationUnit }).nullable(),
      /** True when one approval by the caller would settle it. */
      final: z.boolean(),
      /** The shortest period that others picked already; it will win if it is shorter. */
      shortestSoFar: z.object({ duration: z.number(), durationUnit }).nullable(),
    }),
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof evidence>;

export const getAccessRequestEvidence = operation({
  id: 'getAccessRequestEvidence',
  method: 'GET',
  path: '/api/access-request/{id}/evidence',
  summary: 'Everything to look at before deciding a request.',
  access: { action: 'access-request.inspect' },
  params: z.object({ id: cuid }),
  responses: { 200: evidence },
});
