import type { Problem } from '@stoa/contract/error';
import { ApiProblem } from '../../lib/api-problem.ts';
import type { RailStep } from '../../ui/AccessRail.tsx';

/** Made-up data of the component catalogue. It is no text of the app, so it stands outside the message catalogue. */
export const names = {
  short: 'claims.core.policy_holder',
  long: 'warehouse.finance_reporting_europe.quarterly_premium_adjustments_by_underwriting_region_2026',
  hostile: 'weird "schema".naïve; DROP TABLE x',
};

export const rails: readonly { readonly title: string; readonly steps: readonly RailStep[] }[] = [
  {
    title: 'Waiting for a decision',
    steps: [
      { node: 'requested', state: 'done', detail: '18 Nov 2026, 09:12 UTC' },
      { node: 'decided', state: 'active', detail: '1 of 2 stages satisfied' },
      { node: 'granted', state: 'next' },
      { node: 'verified', state: 'next' },
      { node: 'expires', state: 'next', detail: '90 days after the decision' },
    ],
  },
  {
    title: 'Verified',
    steps: [
      { node: 'requested', state: 'done', detail: '18 Nov 2026, 09:12 UTC' },
      { node: 'decided', state: 'done', detail: 'Approved by Ben Ito' },
      { node: 'granted', state: 'done', detail: '1 membership' },
      { node: 'verified', state: 'done', detail: 'Read back at 14:02' },
      { node: 'expires', state: 'next', detail: '19 Feb 2027' },
    ],
  },
  {
    title: 'Failed on the platform',
    steps: [
      { node: 'requested', state: 'done' },
      { node: 'decided', state: 'done' },
      { node: 'granted', state: 'failed', detail: 'role missing, next try 14:10' },
      { node: 'verified', state: 'next' },
    ],
  },
  {
    title: 'Blocked by a guardrail',
    steps: [
      { node: 'requested', state: 'done' },
      { node: 'decided', state: 'done' },
      { node: 'granted', state: 'blocked', detail: 'EU residents only' },
      { node: 'verified', state: 'next' },
    ],
  },
];

const problem = (status: number, code: string, message: string, detail: string): Problem => ({
  type: 'about:blank',
  title: message,
  status,
  detail,
  code,
  message,
  statusCode: status,
});

export const refused = new ApiProblem({
  problem: problem(403, 'permission.denied', 'You may not do this.', 'You need Manage Data Products in Claims.'),
  requestId: '0199f0c2-7a5e-7cc1-9a40-2f6f1f7b2a11',
});
export const broken = new ApiProblem({
  problem: problem(500, 'server.error', 'Something broke on our side.', ''),
  requestId: '0199f0c2-7a5e-7cc1-9a40-2f6f1f7b2a12',
});
export const unanswered = new ApiProblem({ problem: problem(0, 'network.unreachable', '', ''), requestId: undefined });

export const statements = [
  'GRANT "stoa_4f2a_claims_360" TO "ana.ruiz" WITH INHERIT TRUE;',
  'COMMENT ON ROLE "stoa_4f2a_claims_360" IS \'stoa:4f2a product 0199f0c2\';',
  'GRANT SELECT ON TABLE "Weird ""Schema""."."Select" TO "stoa_4f2a_claims_360";',
];

export type SampleRow = {
  readonly id: string;
  readonly person: string;
  readonly product: string;
  readonly status: 'PENDING' | 'APPROVED' | 'DENIED' | 'EXPIRED' | 'REVOKED';
  readonly asked: string;
  readonly days: number;
};

export const rows: readonly SampleRow[] = [
  { id: '1', person: 'Ana Ruiz', product: 'Claims 360', status: 'PENDING', asked: '2026-11-18T09:12:00Z', days: 90 },
  {
    id: '2',
    person: 'Ben Ito',
    product: 'Policy Register',
    status: 'APPROVED',
    asked: '2026-11-12T15:40:00Z',
    days: 30,
  },
  {
    id: '3',
    person: 'Chipo Dube',
    product: 'Broker Sales',
    status: 'DENIED',
    asked: '2026-11-02T08:01:00Z',
    days: 365,
  },
  { id: '4', person: 'Dara Kim', product: 'Claims 360', status: 'EXPIRED', asked: '2026-07-19T11:30:00Z', days: 60 },
  {
    id: '5',
    person: 'Emil Berg',
    product: 'Premium Ledger',
    status: 'REVOKED',
    asked: '2026-06-04T07:22:00Z',
    days: 14,
  },
];
