import { ApiProblem } from '../../lib/api-problem.ts';
import { ChangeWaits } from './ChangeWaits.tsx';

/** A change that was filed for another user admin is none that was made: whoever made it hears of it where they hear of a refusal. */
export function changeWaits(body: unknown): ApiProblem {
  const title = 'It waits for another user admin.';
  const code = 'people_change.waits';
  const problem = { type: 'about:blank', title, status: 202, detail: '', code, message: title, statusCode: 202 };
  const waits = new ApiProblem({ problem, requestId: undefined, body });
  waits.notice = <ChangeWaits body={body} />;
  return waits;
}
