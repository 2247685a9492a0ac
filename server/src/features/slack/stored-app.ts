import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import type { Secret } from '../../secrets/secrets.ts';

const clientSecretPlace = { table: 'slack_app', rowId: 'slack', column: 'client_secret' } as const;
const signingSecretPlace = { table: 'slack_app', rowId: 'slack', column: 'signing_secret' } as const;
const tokenPlace = { table: 'slack_installation', rowId: 'slack', column: 'bot_token' } as const;

export type StoredApp = {
  clientId: string;
  clientSecret: Secret;
  signingSecret: Secret;
  lastInteractionAt: Date | null;
  /** The database's clock, for what Slack says of the time. */
  now: Date;
};

type AppRow = {
  client_id: string;
  client_secret: string;
  signing_secret: string;
  last_interaction_at: Date | null;
  now: Date;
};

/** The app at Slack that this installation acts through; undefined before an administrator stored one. */
export async function loadApp(deps: Pick<Deps, 'secrets'>, db: Reader): Promise<StoredApp | undefined> {
  const { rows } = await sql<AppRow>`
    select client_id, client_secret, signing_secret, last_interaction_at, clock_timestamp() as now from slack_app`.execute(
    db,
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    clientId: row.client_id,
    clientSecret: deps.secrets.open(clientSecretPlace, row.client_secret),
    signingSecret: deps.secrets.open(signingSecretPlace, row.signing_secret),
    lastInteractionAt: row.last_interaction_at,
    now: row.now,
  };
}

export type Credentials = { clientId: string; clientSecret: Secret; signingSecret: Secret };

/** Secrets leave the process sealed. */
export async function storeApp(deps: Pick<Deps, 'secrets'>, tx: Reader, app: Credentials): Promise<void> {
  const clientSecret = deps.secrets.seal(clientSecretPlace, app.clientSecret);
  const signingSecret = deps.secrets.seal(signingSecretPlace, app.signingSecret);
  await sql`insert into slack_app (client_id, client_secret, signing_secret)
    values (${app.clientId}, ${clientSecret}, ${signingSecret})
    on conflict (singleton) do update set client_id = excluded.client_id, client_secret = excluded.client_secret,
      signing_secret = excluded.signing_secret, updated_at = now()`.execute(tx);
}

export type Workspace = {
  teamId: string | null;
  teamName: string | null;
  enterpriseId: string | null;
  enterpriseName: string | null;
  botUserId: string;
};
export type Installation = Workspace & {
  token: Secret;
  installedAt: Date;
  /** Slack asked to be left alone for so many seconds from now; 0: it did not. */
  pausedSeconds: number;
  lastError: string | null;
  lastErrorAt: Date | null;
};

type InstallationRow = {
  team_id: string | null;
  team_name: string | null;
  enterprise_id: string | null;
  enterprise_name: string | null;
  bot_user_id: string;
  bot_token: string;
  installed_at: Date;
  paused_seconds: number;
  last_error: string | null;
  last_error_at: Date | null;
};

/** The workspace that the app was added to, with the token that it acts by there. */
export async function loadInstallation(deps: Pick<Deps, 'secrets'>, db: Reader): Promise<Installation | undefined> {
  const { rows } = await sql<InstallationRow>`
    select *, greatest(0, coalesce(extract(epoch from paused_until - now()), 0))::float8 as paused_seconds
    from slack_installation`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    teamId: row.team_id,
    teamName: row.team_name,
    enterpriseId: row.enterprise_id,
    enterpriseName: row.enterprise_name,
    botUserId: row.bot_user_id,
    token: deps.secrets.open(tokenPlace, row.bot_token),
    installedAt: row.installed_at,
    pausedSeconds: row.paused_seconds,
    lastError: row.last_error,
    lastErrorAt: row.last_error_at,
  };
}

/** One workspace at a time. What was known of the former one's accounts and messages goes. */
export async function storeInstallation(
  deps: Pick<Deps, 'secrets'>,
  tx: Reader,
  { token, ...workspace }: Workspace & { token: Secret },
): Promise<void> {
  const sealed = deps.secrets.seal(tokenPlace, token);
  const { rows } = await sql<{ team_id: string | null; enterprise_id: string | null }>`
    delete from slack_installation returning team_id, enterprise_id`.execute(tx);
  const isSame = rows[0]?.team_id === workspace.teamId && rows[0].enterprise_id === workspace.enterpriseId;
  if (!isSame) await forgetWorkspace(tx);
  await sql`insert into slack_installation (team_id, team_name, enterprise_id, enterprise_name, bot_user_id, bot_token)
    values (${workspace.teamId}, ${workspace.teamName}, ${workspace.enterpriseId}, ${workspace.enterpriseName},
      ${workspace.botUserId}, ${sealed})`.execute(tx);
}

/** Messages in a workspace that the app is not in any more can be neither rewritten nor answered. */
export async function forgetWorkspace(tx: Reader): Promise<void> {
  await sql`delete from slack_installation`.execute(tx);
  await sql`delete from slack_message`.execute(tx);
  await sql`delete from slack_account`.execute(tx);
}

export async function forgetApp(tx: Reader): Promise<void> {
  await forgetWorkspace(tx);
  await sql`delete from slack_install_state`.execute(tx);
  await sql`delete from slack_app`.execute(tx);
}
