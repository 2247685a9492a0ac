import type { ChannelTest } from '@stoa/contract/email';
import { useText } from '../../app/messages/use-text.tsx';
import { Banner } from '../../ui/Banner.tsx';

/** What came of a test, in the other side's own words. */
export function TestOutcome({ outcome }: { outcome: ChannelTest | undefined }) {
  const t = useText();
  if (outcome === undefined) return null;
  return (
    <Banner tone={outcome.status === 'SUCCESS' ? 'info' : 'danger'}>
      {t(`messages.test.${outcome.status}`, { message: outcome.message })}
    </Banner>
  );
}
