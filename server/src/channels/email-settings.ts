import type { EmailConfiguration, UpdateEmailConfigurationBody } from '@stoa/contract/email';
import { sql } from 'kysely';
import type { Reader, Tx } from '../db/pool.ts';
import { Secret, type Secrets } from '../secrets/secrets.ts';
import { isSameLine, joinSecrets, type MailOAuth, splitSecrets, withTokensOf } from './mail-oauth.ts';
import { forgetTriedLogin, readTriedLogin } from './tried-login.ts';

/** How Stoa reaches a mail server; secrets open only where a message is sent. */
export type EmailSettings = {
  readonly host: string;
  readonly port: number;
  readonly security: 'starttls' | 'tls' | 'none';
  readonly username: string | null;
  readonly password: Secret | null;
  /** Instead of a password. */
  readonly oauth: MailOAuth | null;
  /** PEM of the authority that signed the server's certificate, where none that is known did. */
  readonly ca: string | null;
  readonly fromName: string;
  readonly fromAddress: string;
  /** `#rrggbb`; absent: those of the web app. */
  readonly primaryColor?: string | undefined;
  readonly accentColor?: string | undefined;
};

/** `password`: sealed; with `oauth` the secrets of that in its place, so that there is one sealed text. */
type Stored = Omit<EmailSettings, 'password' | 'oauth' | 'ca'> & {
  readonly password: string | null;
  readonly oauth?: Pick<MailOAuth, 'tokenUrl' | 'clientId' | 'scope'> | null;
  readonly ca?: string | null;
};
const place = { table: 'setting', rowId: 'email', column: 'password' } as const;

type Read = { readonly value: Stored; readonly now: number };
/** Nobody else changes them until the transaction ends, also where there are none yet. */
export async function lockEmailSettings(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('stoa.mail-settings'))`.execute(tx);
  await sql`select from setting where name = 'email' for update`.execute(tx);
}

async function readStored(db: Reader): Promise<Read | undefined> {
  const { rows } = await sql<Read>`
    select value, extract(epoch from now())::float8 * 1000 as now from setting where name = 'email'`.execute(db);
  return rows[0];
}

export const isEmailConnected = async (db: Reader): Promise<boolean> => (await readStored(db)) !== undefined;

export async function readEmailSettings(db: Reader, secrets: Secrets): Promise<EmailSettings | undefined> {
  const read = await readStored(db);
  if (read === undefined) return undefined;
  const { value, now } = read;
  const sealed = value.password === null ? null : secrets.open(place, value.password);
  const known = { ...value, ca: value.ca ?? null };
  if (value.oauth == null || sealed === null) return { ...known, password: sealed, oauth: null };
  return { ...known, password: null, oauth: { ...value.oauth, ...splitSecrets(sealed, now) } };
}

const given = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);
const asSecret = (text: string | undefined): Secret | null => {
  const some = given(text);
  return some === null ? null : new Secret(some);
};

/**
 * What was sent, with the stored secrets where none came along: they are never given out, so they cannot be sent back. They go
 * to nobody but the server, the login and the token endpoint they were entered for; undefined where they would have to.
 * A refresh token that was used since it was entered is the one that came last in its place.
 */
export async function toEmailSettings(
  db: Reader,
  secrets: Secrets,
  { password, username, oauth, ca, ...rest }: UpdateEmailConfigurationBody,
): Promise<EmailSettings | undefined> {
  const login = given(username);
  const known = { ...rest, username: login, ca: given(ca) };
  const kept = login === null ? undefined : await readEmailSettings(db, secrets);
  const isSame = kept !== undefined && isSameLogin(kept, known);
  if (oauth !== undefined) {
    const held = withKeptSecrets(oauth, isSame ? kept.oauth : null);
    if (held === undefined) return undefined;
    const line = [kept?.oauth ?? undefined, await readTriedLogin(db, secrets)];
    const last = line.find((one) => one !== undefined && isSameLine(one, held));
    return { ...known, password: null, oauth: last === undefined ? held : withTokensOf(held, last) };
  }
  if (password === undefined && kept?.password)
    return isSame ? { ...known, password: kept.password, oauth: null } : undefined;
  return { ...known, password: login === null ? null : asSecret(password), oauth: null };
}

type SentOAuth = NonNullable<UpdateEmailConfigurationBody['oauth']>;

function withKeptSecrets(sent: SentOAuth, kept: MailOAuth | null): MailOAuth | undefined {
  const { tokenUrl, clientId, scope } = sent;
  const isSame = kept?.tokenUrl === tokenUrl && kept.clientId === clientId;
  const refreshToken = asSecret(sent.refreshToken) ?? (isSame ? kept.refreshToken : null);
  if (refreshToken === null) return undefined;
  const clientSecret = sent.clientSecret === undefined && isSame ? kept.clientSecret : asSecret(sent.clientSecret);
  return { tokenUrl, clientId, scope: given(scope), clientSecret, refreshToken, entered: refreshToken, access: null };
}

type Login = Pick<EmailSettings, 'host' | 'port' | 'security' | 'username'>;
const isSameLogin = (one: Login, other: Login): boolean =>
  one.host === other.host &&
  one.port === other.port &&
  one.security === other.security &&
  one.username === other.username;

export async function storeEmailSettings(tx: Tx, secrets: Secrets, settings: EmailSettings): Promise<void> {
  const { oauth } = settings;
  const secret = oauth === null ? settings.password : joinSecrets(oauth);
  const shown = oauth === null ? null : { tokenUrl: oauth.tokenUrl, clientId: oauth.clientId, scope: oauth.scope };
  const stored: Stored = {
    ...settings,
    oauth: shown,
    password: secret === null ? null : secrets.seal(place, secret),
  };
  await sql`insert into setting (name, value) values ('email', ${JSON.stringify(stored)}::jsonb)
    on conflict (name) do update set value = excluded.value, updated_at = now()`.execute(tx);
}

export async function forgetEmailSettings(tx: Tx): Promise<void> {
  await sql`delete from setting where name = 'email'`.execute(tx);
  await forgetTriedLogin(tx);
}

export async function presentEmailSettings(db: Reader): Promise<EmailConfiguration> {
  const stored = await readStored(db);
  if (stored === undefined) return { connected: false };
  const { password, username, oauth, ca, ...rest } = stored.value;
  return {
    connected: true,
    ...rest,
    ...(username === null ? {} : { username }),
    hasPassword: password !== null && oauth == null,
    ...(oauth == null ? {} : { oauth: { ...oauth, scope: oauth.scope ?? '' } }),
    ...(ca == null ? {} : { ca }),
  };
}
