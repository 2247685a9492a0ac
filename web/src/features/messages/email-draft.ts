import {
  type EmailConfiguration,
  mailSecurity,
  type UpdateEmailConfigurationBody,
  usualMailColours,
} from '@stoa/contract/email';

/** How Stoa proves who it is. */
export const logins = ['password', 'oauth', 'none'] as const;

export type EmailDraft = {
  host: string;
  port: string;
  security: string;
  login: (typeof logins)[number];
  username: string;
  password: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  refreshToken: string;
  scope: string;
  ca: string;
  fromName: string;
  fromAddress: string;
  primaryColor: string;
  accentColor: string;
};

export const draftOf = (kept: EmailConfiguration): EmailDraft => ({
  host: kept.host ?? '',
  port: String(kept.port ?? 587),
  security: kept.security ?? 'starttls',
  login: kept.oauth !== undefined ? 'oauth' : kept.connected && kept.username === undefined ? 'none' : 'password',
  username: kept.username ?? '',
  password: '',
  tokenUrl: kept.oauth?.tokenUrl ?? '',
  clientId: kept.oauth?.clientId ?? '',
  clientSecret: '',
  refreshToken: '',
  scope: kept.oauth?.scope ?? '',
  ca: kept.ca ?? '',
  fromName: kept.fromName ?? 'Stoa',
  fromAddress: kept.fromAddress ?? '',
  primaryColor: kept.primaryColor ?? usualMailColours.primary,
  accentColor: kept.accentColor ?? usualMailColours.accent,
});

export const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

/** What is sent; undefined while something is missing. An empty secret means: the one that is kept. */
export function bodyOf(draft: EmailDraft): UpdateEmailConfigurationBody | undefined {
  const security = mailSecurity.options.find((one) => one === draft.security);
  const [host, fromName, fromAddress] = [draft.host.trim(), draft.fromName.trim(), draft.fromAddress.trim()];
  const proof = proofOf(draft);
  if (security === undefined || host === '' || fromName === '' || fromAddress === '' || !isPort(draft.port))
    return undefined;
  if (proof === undefined) return undefined;
  const colours = { primaryColor: draft.primaryColor, accentColor: draft.accentColor };
  const ca = draft.ca.trim() === '' || security === 'none' ? {} : { ca: draft.ca };
  return { host, port: Number(draft.port), security, ...proof, ...ca, fromName, fromAddress, ...colours };
}

function proofOf(draft: EmailDraft): Pick<UpdateEmailConfigurationBody, 'username' | 'password' | 'oauth'> | undefined {
  if (draft.login === 'none') return { username: '' };
  const username = draft.username.trim();
  if (draft.login === 'password') return { username, ...(draft.password === '' ? {} : { password: draft.password }) };
  const [tokenUrl, clientId] = [draft.tokenUrl.trim(), draft.clientId.trim()];
  if (username === '' || !URL.canParse(tokenUrl) || clientId === '') return undefined;
  const secrets = {
    ...(draft.clientSecret === '' ? {} : { clientSecret: draft.clientSecret }),
    ...(draft.refreshToken === '' ? {} : { refreshToken: draft.refreshToken }),
  };
  return { username, oauth: { tokenUrl, clientId, scope: draft.scope.trim(), ...secrets } };
}
