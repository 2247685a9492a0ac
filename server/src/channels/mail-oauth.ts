import { z } from 'zod';
import { Secret } from '../secrets/secrets.ts';

/** What a token is asked for with. */
export type MailOAuth = {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope: string | null;
  readonly clientSecret: Secret | null;
  /** The last one: an endpoint may give another with each token, and take the former no more. */
  readonly refreshToken: Secret;
  /** The first one, as somebody entered it: by it those that followed are found. */
  readonly entered: Secret;
  readonly access: MailAccess | null;
};
/** The token that proves the login, until it is over. */
export type MailAccess = { readonly token: Secret; readonly until: number };

const stored = z.object({
  clientSecret: z.string().nullable(),
  refreshToken: z.string(),
  entered: z.string().optional(),
  access: z.object({ token: z.string(), until: z.number() }).nullish(),
});

/** The secrets of one login as one text, to be sealed. */
export const joinSecrets = ({ clientSecret, refreshToken, entered, access }: MailOAuth): Secret =>
  new Secret(
    JSON.stringify({
      clientSecret: clientSecret?.reveal() ?? null,
      refreshToken: refreshToken.reveal(),
      entered: entered.reveal(),
      access: access === null ? null : { token: access.token.reveal(), until: access.until },
    } satisfies z.infer<typeof stored>),
  );

/** A token that is over at `now` is none. */
export function splitSecrets(text: Secret, now: number): Omit<MailOAuth, 'tokenUrl' | 'clientId' | 'scope'> {
  const { clientSecret, refreshToken, entered = refreshToken, access } = stored.parse(text.revealJson());
  const isGood = access != null && access.until > now;
  return {
    clientSecret: clientSecret === null ? null : new Secret(clientSecret),
    refreshToken: new Secret(refreshToken),
    entered: new Secret(entered),
    access: isGood ? { token: new Secret(access.token), until: access.until } : null,
  };
}

const isEqual = (one: Secret | null, other: Secret | null): boolean => one?.reveal() === other?.reveal();

/** Both go back to one entered token: whatever was given last in its place is the one that counts. */
export const isSameLine = (one: MailOAuth, other: MailOAuth): boolean =>
  one.tokenUrl === other.tokenUrl &&
  one.clientId === other.clientId &&
  (isEqual(one.entered, other.entered) || isEqual(one.refreshToken, other.refreshToken));

/** `to` with the tokens that `from` came to; the token that proves the login only where it was asked for with the same. */
export const withTokensOf = (to: MailOAuth, from: MailOAuth): MailOAuth => ({
  ...to,
  refreshToken: from.refreshToken,
  entered: from.entered,
  access: to.scope === from.scope && isEqual(to.clientSecret, from.clientSecret) ? from.access : null,
});
