import type { Approval, ParentSchema, Source, Target, UserFact } from '@stoa/core/access/model';
import type { ConnectionInput, Connector } from '../connector.ts';

/** A throw-away database on a real server, an account for the connector, and consumers who try to read. */
export type World = {
  readonly title: string;
  readonly connector: Connector;
  readonly input: ConnectionInput;
  /** PostgreSQL 16 and later: memberships of several grantors side by side, and roles that cannot be SET. */
  readonly separateGrantors: boolean;
  /** Runs SQL with all rights in the database. */
  readonly admin: (sql: string) => Promise<readonly Record<string, unknown>[]>;
  /** A name that nobody else on the server uses. */
  readonly unique: (base: string) => string;
  /** Makes a login that may sign in and answers its platform id. */
  readonly makeLogin: (name: string) => Promise<string>;
  /** Makes a table with one row, which the account may share, and answers it as a source. */
  readonly makeTable: (name: string, schema?: string) => Promise<Source>;
  /** Makes an empty schema that the account may share, and answers it as a part of an asset. */
  readonly makeSchema: (name: string) => Promise<ParentSchema>;
  /** The role that owns the schemas and tables. */
  readonly owner: string;
  /** Signs in as the login and reads with a statement of its own. */
  readonly reads: (login: string, objectPath: readonly string[]) => Promise<'rows' | 'refused'>;
  /** Signs in as the login and answers the rows of a query; an error of the platform is thrown. */
  readonly query: (login: string, sql: string) => Promise<readonly Record<string, unknown>[]>;
  /** A session of the login that stays open. */
  readonly openSession: (login: string) => Promise<{
    readonly run: (sql: string) => Promise<'ok' | 'refused'>;
    readonly rows: (sql: string) => Promise<readonly Record<string, unknown>[]>;
    readonly close: () => Promise<void>;
  }>;
  readonly quote: (name: string) => string;
  readonly close: () => Promise<void>;
};

/** The facts of a test, changed freely between runs. */
export type Scene = {
  now: number;
  targets: Target[];
  sources: Source[];
  approvals: Approval[];
  users: UserFact[];
  strictMembers: boolean;
  protectedPrincipals: string[];
};

export const emptyScene = (): Scene => ({
  now: 1_000_000,
  targets: [],
  sources: [],
  approvals: [],
  users: [],
  strictMembers: false,
  protectedPrincipals: [],
});
