import type { ClaimMap } from '@stoa/contract/identity-provider';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import type { Secret } from '../../secrets/secrets.ts';

export const secretPlace = (id: string) =>
  ({ table: 'identity_provider', rowId: id, column: 'client_secret' }) as const;

/** A provider as the server works with it. */
export type StoredProvider = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client. */
  readonly clientSecret: Secret | null;
  readonly scopes: readonly string[];
  readonly claims: ClaimMap;
  readonly unknownPeople: 'create' | 'refuse';
  readonly isEnabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

type ProviderRow = {
  id: string;
  name: string;
  issuer: string;
  client_id: string;
  client_secret: string | null;
  scopes: string[];
  claims: ClaimMap;
  unknown_people: 'create' | 'refuse';
  is_enabled: boolean;
  created_at: Date;
  updated_at: Date;
};

const columns = sql`p.id, p.name, p.issuer, p.client_id, p.client_secret, p.scopes, p.claims, p.unknown_people, p.is_enabled,
  p.created_at, p.updated_at`;

/** One provider; `lock` keeps it as it is until the transaction ends. */
export async function loadProvider(
  deps: Pick<Deps, 'secrets'>,
  db: Reader,
  { id, lock = sql`` }: { id: string; lock?: RawBuilder<unknown> },
): Promise<StoredProvider | undefined> {
  const { rows } =
    await sql<ProviderRow>`select ${columns} from identity_provider p where p.id = ${id} ${lock}`.execute(db);
  return rows[0] && toProvider(deps, rows[0]);
}

/** All of them, by name. */
export async function loadProviders(deps: Pick<Deps, 'secrets'>, db: Reader): Promise<StoredProvider[]> {
  const { rows } = await sql<ProviderRow>`select ${columns} from identity_provider p order by lower(p.name)`.execute(
    db,
  );
  return rows.map((row) => toProvider(deps, row));
}

const toProvider = (deps: Pick<Deps, 'secrets'>, row: ProviderRow): StoredProvider => ({
  id: row.id,
  name: row.name,
  issuer: row.issuer,
  clientId: row.client_id,
  clientSecret: row.client_secret === null ? null : deps.secrets.open(secretPlace(row.id), row.client_secret),
  scopes: row.scopes,
  claims: row.claims,
  unknownPeople: row.unknown_people,
  isEnabled: row.is_enabled,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
