import type { AccessRequest } from '@stoa/contract/access-request';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { Banner } from '../../ui/Banner.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { askAgainAt } from './asked-target.tsx';

/** What becomes of the request whose answers are changed; none where it is not there for the reader, or of another kind. */
export function ReplacingNote({ request }: { request: AccessRequest | undefined }) {
  const t = useText();
  if (request === undefined) return <Banner tone="warning">{t('changing.unknown')}</Banner>;
  const ability = abilityOn(request.abilities, 'replace');
  if (ability.allowed)
    return (
      <Banner
        action={
          <LinkTo look="button" to="/requests/$id" params={{ id: request.id }}>
            {t('changing.keep')}
          </LinkTo>
        }
      >
        {t('changing.lead')}
      </Banner>
    );
  const again = askAgainAt(request);
  return (
    <Banner
      tone="warning"
      action={
        again !== undefined && (
          <LinkTo look="button" {...again}>
            {t('changing.anew')}
          </LinkTo>
        )
      }
    >
      {t('changing.tooLate', { reason: ability.reason ?? '' })}
    </Banner>
  );
}
