import type { CreateConnectionBody } from '@stoa/contract/connection';
import { connectionKeyForm, isReservedConnectionKey } from '@stoa/contract/text';

export const tlsModes = ['verify-full', 'require', 'disable'] as const;
export type TlsMode = (typeof tlsModes)[number];

export const steps = ['platform', 'account', 'checks', 'identity'] as const;
export type Step = (typeof steps)[number];

/** What the wizard gathers; passwords stand beside it, since this is kept in the tab's storage. */
export type ConnectionDraft = {
  readonly key: string;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly tls: TlsMode;
  /** PEM of the authority behind the server's certificate; empty for the system's list. */
  readonly ca: string;
  readonly username: string;
  readonly template: string;
  readonly interval: string;
};

export const emptyDraft: ConnectionDraft = {
  key: '',
  host: '',
  port: '5432',
  database: '',
  tls: 'verify-full',
  ca: '',
  username: 'stoa_connector',
  template: '{username}',
  interval: '24',
};

export const templateChoices = [
  '{username}',
  '{username:lower}',
  '{email}',
  '{email:lower}',
  '{emailLocalPart}',
  '{emailLocalPart:lower}',
] as const;

export type TlsChoice = Pick<ConnectionDraft, 'tls' | 'ca'>;

/** What can be told at once; the server reads the certificate itself. */
export const isCaBad = ({ tls, ca }: TlsChoice): boolean =>
  tls === 'verify-full' && ca.trim() !== '' && !/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(ca);

/** What a change sends: an authority only where certificates are checked, else an empty one, which takes it away. */
export const tlsConfigOf = ({ tls, ca }: TlsChoice) => ({ tls, ca: tls === 'verify-full' ? ca.trim() : '' });

export type DraftField = 'key' | 'host' | 'port' | 'database' | 'ca' | 'username' | 'password' | 'template';

/** A port as one types it; undefined when it is none. */
export function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535 ? port : undefined;
}

/** The fields of a step that cannot stay as they are. */
export function badFields(step: Step, draft: ConnectionDraft, password: string): readonly DraftField[] {
  const bad: DraftField[] = [];
  const refuse = (field: DraftField, isBad: boolean) => {
    if (isBad) bad.push(field);
  };
  if (step === 'platform') {
    const key = draft.key.trim();
    refuse('key', !connectionKeyForm.test(key) || isReservedConnectionKey(key));
    refuse('host', draft.host.trim() === '');
    refuse('port', portOf(draft.port) === undefined);
    refuse('database', draft.database.trim() === '');
    refuse('ca', isCaBad(draft));
  }
  if (step === 'checks') {
    refuse('username', draft.username.trim() === '');
    refuse('password', password === '');
  }
  if (step === 'identity') refuse('template', !templateChoices.some((word) => draft.template.includes(word)));
  return bad;
}

export const configOf = ({ tls, ca, ...draft }: ConnectionDraft): CreateConnectionBody['config'] => ({
  host: draft.host.trim(),
  port: portOf(draft.port) ?? 5432,
  database: draft.database.trim(),
  tls,
  ...(tls === 'verify-full' && ca.trim() !== '' ? { ca: ca.trim() } : {}),
});

export const bodyOf = (draft: ConnectionDraft, password: string): CreateConnectionBody => ({
  connectionKey: draft.key.trim(),
  technology: 'PostgreSQL',
  config: configOf(draft),
  authType: 'password',
  credentials: { username: draft.username.trim(), password },
  settings: { identityTemplate: draft.template.trim() },
  syncIntervalHours: Math.max(1, Math.min(8_760, Math.trunc(Number(draft.interval)) || 24)),
});

/** What a template makes of a person, for the example beside it. */
export function externalNameOf(template: string, person: { username: string; email: string }): string {
  const parts = { ...person, emailLocalPart: person.email.split('@')[0] ?? '' };
  const words = /\{(username|emailLocalPart|email)(:lower)?\}/g;
  return template.replaceAll(words, (_, word: keyof typeof parts, lower: string | undefined) =>
    lower === undefined ? parts[word] : parts[word].toLowerCase(),
  );
}
