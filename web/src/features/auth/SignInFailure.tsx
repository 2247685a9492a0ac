import { identityProviderErrors, providerFailures } from '@stoa/contract/identity-provider-errors';
import { useText } from '../../app/messages/use-text.tsx';
import { Banner } from '../../ui/Banner.tsx';

/** A link may carry any text; only a word is shown. */
const codeForm = /^[\w.-]{1,60}$/;

/** Why a sign-in by a provider came to nothing, in the words of the API; a code that is none of its own says nothing. */
export function SignInFailure({ failure, providerCode }: { failure: string; providerCode: string | undefined }) {
  const t = useText();
  const code = providerFailures.find((one) => one === failure);
  if (code === undefined) return null;
  const { title, next } = identityProviderErrors[code];
  return (
    <Banner tone="danger">
      <p>{title}</p>
      <p>{next}</p>
      {providerCode !== undefined && codeForm.test(providerCode) && (
        <p>{t('byProvider.code', { code: providerCode })}</p>
      )}
      <p className="mono small">{code}</p>
    </Banner>
  );
}
