import type { ApiProblem } from '../../lib/api-problem.ts';

/** What the server found at the code, in its words; anything else it says stands above the form. */
export const codeFaultOf = (problem: ApiProblem | null | undefined): string | undefined =>
  problem?.fields.find(({ path }) => path === 'body.code')?.message;
