import type { WebhookTestResult } from '@stoa/contract/webhook';
import { useText } from '../../app/messages/use-text.tsx';
import { Banner } from '../../ui/Banner.tsx';

/** What a test came to, in a sentence. */
export function TestOutcome({ result }: { result: WebhookTestResult }) {
  const t = useText();
  return result.status === 'SUCCESS' ? (
    <Banner>{t('webhooks.testWorked', { status: result.httpStatusCode })}</Banner>
  ) : (
    <Banner tone="danger">{t('webhooks.testFailed', { why: result.errorMessage ?? '' })}</Banner>
  );
}
