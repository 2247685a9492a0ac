import type { DurationUnit } from '@stoa/contract/enums';
import type { SampleUsername } from './accounts.ts';

type Decision = {
  by: SampleUsername;
  status: 'APPROVED' | 'DENIED';
  reason: string;
  duration?: number;
  durationUnit?: DurationUnit;
};
type End = { how: 'expire' } | { how: 'cancel' } | { how: 'revoke'; by: SampleUsername; reason: string };

export type SampleRequest = {
  by: SampleUsername;
  product: string;
  /** The answer to the Standard Request Form. No two are alike: a request is known again by it. */
  purpose: string;
  decisions: readonly Decision[];
  end?: End;
};

/** `consumer` has nothing on Customer 360, so that the first walk through the app begins at the beginning. */
export const sampleRequests: readonly SampleRequest[] = [
  {
    by: 'consumer',
    product: 'Finance ledger',
    purpose: 'I prepare the marketing budget and need one look at what was booked on our cost centers last quarter.',
    decisions: [
      {
        by: 'steward',
        status: 'APPROVED',
        reason: 'One hour is enough for the budget figures.',
        duration: 1,
        durationUnit: 'HOURS',
      },
    ],
    end: { how: 'expire' },
  },
  {
    by: 'consumer2',
    product: 'Finance ledger',
    purpose: 'I close the books each month and reconcile payments with invoices.',
    decisions: [
      {
        by: 'steward',
        status: 'APPROVED',
        reason: 'Part of the month-end work; to be looked at again in half a year.',
        duration: 6,
        durationUnit: 'MONTHS',
      },
    ],
  },
  {
    by: 'manager',
    product: 'Customer 360',
    purpose: 'I run the sales data products and check their quality before each release.',
    decisions: [{ by: 'steward2', status: 'APPROVED', reason: 'Needed to look after the product.' }],
  },
  {
    by: 'consumer2',
    product: 'Workforce basics',
    purpose: 'I would like to look up where colleagues sit.',
    decisions: [
      {
        by: 'steward2',
        status: 'DENIED',
        reason: 'The directory in the intranet shows this already; no table is needed.',
      },
    ],
  },
  {
    by: 'governor',
    product: 'Customer 360',
    purpose: 'I sample addresses for the yearly review of personal data.',
    decisions: [{ by: 'steward', status: 'APPROVED', reason: 'For the review of this year.' }],
    end: { how: 'revoke', by: 'steward', reason: 'The review is finished.' },
  },
  {
    by: 'steward2',
    product: 'Customer 360',
    purpose: 'I wanted to compare training hours with sales; it can wait until next year.',
    decisions: [],
    end: { how: 'cancel' },
  },
  {
    by: 'consumer2',
    product: 'Customer 360',
    purpose: 'I forecast cash flow and need orders and returns by customer segment.',
    decisions: [],
  },
  {
    by: 'consumer',
    product: 'Workforce basics',
    purpose: 'I plan the autumn campaign and need headcounts by department to size the internal launch.',
    decisions: [
      {
        by: 'steward2',
        status: 'APPROVED',
        reason: 'Headcounts by department, no pay: fine for the campaign.',
        duration: 3,
        durationUnit: 'MONTHS',
      },
      {
        by: 'steward',
        status: 'APPROVED',
        reason: 'Agreed for the length of the campaign.',
        duration: 6,
        durationUnit: 'MONTHS',
      },
    ],
  },
  {
    by: 'consumer',
    product: 'Finance ledger',
    purpose: 'The budget of the next quarter is due, and I need the same look at our cost centers again.',
    decisions: [],
  },
  {
    by: 'steward',
    product: 'Finance ledger',
    purpose: 'I check that orders and invoices of the web shop agree. Another steward has to decide this one.',
    decisions: [],
  },
];
