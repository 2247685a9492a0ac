import { type AccessRequest, getAccessRequestById } from '@stoa/contract/access-request';
import { remindReviewers } from '@stoa/contract/reviewer-reminder';
import { useCurrentUser } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { changeAt } from './asked-target.tsx';

function Remind({ request }: { request: AccessRequest }) {
  const t = useText();
  const announce = useAnnounce();
  const remind = useCommand(remindReviewers, {
    invalidates: [getAccessRequestById],
    onSuccess: ({ told }) => announce(t('waiting.remind.done', { count: told })),
  });
  const { remindableFrom } = request;
  const last = request.reminders?.at(-1);
  const ability = abilityOn(request.abilities, 'remind');
  return (
    <>
      <ActionButton
        label={t('waiting.remind')}
        ability={remindableFrom === undefined ? ability : { allowed: false, reason: t('waiting.remind.early') }}
        isBusy={remind.isPending}
        onClick={() => remind.mutate({ params: { id: request.id } })}
      />
      {(last !== undefined || remindableFrom !== undefined) && (
        <p className="small text-2">
          {last !== undefined && <Say id="waiting.remind.last" values={{ when: <TimeStamp value={last.at} /> }} />}{' '}
          {remindableFrom !== undefined && (
            <Say id="waiting.remind.from" values={{ when: <TimeStamp value={remindableFrom} /> }} />
          )}
        </p>
      )}
      {remind.error !== null && <ErrorNotice problem={remind.error} isWrite />}
    </>
  );
}

/** What the people of a request may do while it waits, beside canceling it. */
export function WhilePending({ request }: { request: AccessRequest }) {
  const t = useText();
  const me = useCurrentUser()?.globalUserId;
  const change = changeAt(request);
  const isTheirs = [request.user, request.requestingUser].some(({ globalUserId }) => globalUserId === me);
  return (
    <>
      {(isTheirs || abilityOn(request.abilities, 'remind').allowed) && <Remind request={request} />}
      {change !== undefined && abilityOn(request.abilities, 'replace').allowed && (
        <LinkTo look="button" {...change}>
          {t('waiting.change')}
        </LinkTo>
      )}
    </>
  );
}
