import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { membersOf } from '../../lib/members.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';

/** Where a refusal names the request that stands in the way: the way to it. */
export function ExistingRequestLink({ problem }: { problem: ApiProblem }) {
  const t = useText();
  const { requestId } = membersOf(problem.body);
  if (typeof requestId !== 'string') return null;
  return (
    <LinkTo to="/requests/$id" params={{ id: requestId }}>
      {t('asking.form.openExisting')}
    </LinkTo>
  );
}
