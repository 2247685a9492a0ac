import type { AccessRequestPreview } from '@stoa/contract/access-request';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';

/** What the person holds or waits for already, said before anybody fills in a form in vain. */
export function Standing({ preview }: { preview: AccessRequestPreview | undefined }) {
  const t = useText();
  const existing = preview?.existingRequestId;
  if (preview === undefined || existing === undefined) return null;
  const link = (
    <LinkTo to="/requests/$id" params={{ id: existing }}>
      {t('asking.form.openExisting')}
    </LinkTo>
  );
  if (preview.refusal?.code === 'access_request.duplicate')
    return (
      <Banner tone="warning" action={link}>
        {t('asking.standing.duplicate')}
      </Banner>
    );
  return (
    <Banner action={link}>
      {preview.heldUntil === undefined ? (
        t('asking.standing.held')
      ) : (
        <Say
          id="asking.standing.until"
          values={{ when: <TimeStamp value={preview.heldUntil} withRelative isFocusable /> }}
        />
      )}
    </Banner>
  );
}
