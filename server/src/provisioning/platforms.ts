import type { Technology } from '@stoa/contract/enums';
import type { Check, Connector, PlatformSession } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Db } from '../db/pool.ts';
import { checkEgress } from '../egress/egress-rules.ts';
import { Secret, type Secrets } from '../secrets/secrets.ts';
import { connectors } from './connectors.ts';

export const namePrefix = 'stoa_';

/** A connection as it is asked about: stored, or only described by a form. */
export type PlatformDescription = {
  technology: Technology;
  config: object;
  credentials: object;
  settings: object;
  connectionId: string;
};

export type Platforms = {
  /** Undefined for technologies that have no connector yet. */
  connector(technology: Technology): Connector | undefined;
  preflight(description: PlatformDescription): Promise<readonly Check[]>;
  /**
   * The open session of a stored connection; throws `ConnectorError` when the platform cannot be reached. One that was opened
   * under other settings is closed: another replica may have moved the connection. `version` spares asking for it.
   */
  session(connectionId: string, version?: string): Promise<PlatformSession>;
  /** A stored connection with its credentials in clear, for preflight and for testing a change. */
  describe(connectionId: string): Promise<PlatformDescription>;
  /** Closes the session of a connection whose settings changed or that is going. */
  forget(connectionId: string): Promise<void>;
  close(): Promise<void>;
};

type PlatformDeps = { config: Config; db: Db; secrets: Secrets; installationId: string };

export const credentialsPlace = (connectionId: string) =>
  ({ table: 'connection', rowId: connectionId, column: 'secret' }) as const;

/** Sessions are kept open per connection, so that one platform that hangs never takes another's place. */
export function createPlatforms(deps: PlatformDeps): Platforms {
  const open = new Map<string, { version: string; session: Promise<PlatformSession> }>();
  const toInput = (description: PlatformDescription) => ({
    config: description.config,
    credentials: description.credentials,
    settings: description.settings,
    installationId: deps.installationId,
    connectionId: description.connectionId,
    namePrefix,
    resolveAddress: (host: string, port: number) =>
      checkEgress(deps.config.egress, { purpose: 'connection', host, port }),
  });
  const need = (technology: Technology): Connector => {
    const connector = connectors[technology];
    if (!connector) throw new Error(`there is no connector for ${technology}`);
    return connector;
  };
  const describe = async (connectionId: string): Promise<PlatformDescription> => {
    const row = await deps.db
      .selectFrom('connection')
      .selectAll()
      .where('id', '=', connectionId)
      .executeTakeFirstOrThrow();
    const credentials = deps.secrets.open(credentialsPlace(row.id), row.secret).revealJson();
    return {
      // Written by our own operations from the parsed contract.
      technology: row.technology as Technology,
      config: row.config,
      credentials: credentials as object,
      settings: row.settings,
      connectionId: row.id,
    };
  };
  const forget = async (connectionId: string): Promise<void> => {
    const known = open.get(connectionId);
    open.delete(connectionId);
    await known?.session.then((s) => s.close()).catch(() => {});
  };
  const readVersion = async (connectionId: string): Promise<string> => {
    const { rows } = await sql<{
      version: string;
    }>`select updated_at::text as version from connection where id = ${connectionId}`.execute(deps.db);
    return rows[0]?.version ?? '';
  };
  return {
    connector: (technology) => connectors[technology],
    preflight: (description) => need(description.technology).preflight(toInput(description)),
    describe,
    forget,
    async session(connectionId, given) {
      const version = given ?? (await readVersion(connectionId));
      const known = open.get(connectionId);
      if (known?.version === version) return known.session;
      // Whoever works with the old one ends first; nobody waits for that here.
      if (known) void forget(connectionId);
      const opening = describe(connectionId).then((d) => need(d.technology).open(toInput(d)));
      open.set(connectionId, { version, session: opening });
      opening.catch(() => {
        if (open.get(connectionId)?.session === opening) open.delete(connectionId);
      });
      return opening;
    },
    async close() {
      await Promise.all([...open.keys()].map(forget));
    },
  };
}

export const sealCredentials = (secrets: Secrets, connectionId: string, credentials: object): string =>
  secrets.seal(credentialsPlace(connectionId), new Secret(JSON.stringify(credentials)));
