import { z } from 'zod';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';

const withRequest = z.object({ requestId: z.string() });

/** Where a refusal names the request that stands in the way: the way to it. */
export function ExistingRequestLink({ problem }: { problem: ApiProblem }) {
  const t = useText();
  const named = withRequest.safeParse(problem.body);
  if (!named.success) return null;
  return (
    <LinkTo to="/requests/$id" params={{ id: named.data.requestId }}>
      {t('requests.form.openExisting')}
    </LinkTo>
  );
}
