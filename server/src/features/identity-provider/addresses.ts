import type { Deps } from '../../deps.ts';
import { publicUrlOf } from '../../http/public-url.ts';

type Known = Pick<Deps, 'config' | 'listening'>;

/** Where a provider sends browsers back to. Of the set address alone: a `Host` that somebody made up leads nobody away. */
export const redirectUriOf = (deps: Known, id: string): string => `${publicUrlOf(deps)}/api/auth/oidc/${id}/callback`;

/** Where a provider tells that it ended a session. */
export const backchannelUriOf = (deps: Known, id: string): string =>
  `${publicUrlOf(deps)}/api/auth/oidc/${id}/backchannel-logout`;

/** Where a browser lands once the provider's own session is ended. */
export const signedOutUriOf = (deps: Known): string => `${publicUrlOf(deps)}/login`;
