import { z } from 'zod';
import { operation } from './operation.ts';

/** From an empty installation to the first data product, in the order in which each makes the next possible. */
export const firstStepName = z.enum(['connection', 'sources', 'domain', 'people', 'product', 'provider']);
export type FirstStepName = z.infer<typeof firstStepName>;

/** Nobody has to know how many more there are. */
export const mostFirstStepCount = 1_000;

export const firstStep = z.object({
  step: firstStepName,
  /** `under_way`: it goes on by itself. `failing`: it was tried, and something is in the way. */
  state: z.enum(['done', 'under_way', 'failing', 'open']),
  /** The installation works without it. */
  isOptional: z.boolean(),
  /** How many there are of what the step makes: connections that were read, enabled data sources, people ..; 1,000 stands for more. */
  count: z.int().max(mostFirstStepCount),
  /** Whether the caller holds what it takes. */
  isAllowed: z.boolean(),
});
export type FirstStep = z.infer<typeof firstStep>;

export const listFirstSteps = operation({
  id: 'listFirstSteps',
  method: 'GET',
  path: '/api/first-step',
  summary:
    'What an installation has of what it takes to the first data product. Empty to whoever may take none of the steps.',
  access: { action: 'account.self' },
  responses: { 200: z.object({ data: z.array(firstStep) }) },
});
