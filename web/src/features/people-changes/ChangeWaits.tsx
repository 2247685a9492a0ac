import { useText } from '../../app/messages/use-text.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';

const idOf = (body: unknown): string | undefined =>
  typeof body === 'object' && body !== null && 'id' in body && typeof body.id === 'string' ? body.id : undefined;

/** Where a change was made that another user admin has to confirm: it was filed, and this leads to it. */
export function ChangeWaits({ body }: { body: unknown }) {
  const t = useText();
  const id = idOf(body);
  return (
    <Banner tone="warning">
      {t('peopleChange.waits')}{' '}
      {id !== undefined && (
        <LinkTo to="/admin/people-changes" search={{ row: id }}>
          {t('peopleChange.waitsOpen')}
        </LinkTo>
      )}
    </Banner>
  );
}
