import { comparePlatformIds } from '../access/compile.ts';
import type { DesiredFuture, ParentSchema, SyncReason } from '../access/model.ts';
import type { ObservedCreator, ObservedDefault, ObservedSchema } from './observed.ts';
import type { DefaultRef } from './plan.ts';

/** A role that makes objects in a schema: `native` when what it makes can be read at once, by a default privilege. */
export type FutureCreator = ObservedCreator & { readonly native: boolean };

/**
 * What holds for objects that are made in one schema later. `native`: they are readable at once, whichever of the roles
 * makes them. `sync`: those of some role are readable once a crawl has found them; `reason` says why.
 */
export type FutureOfSchema = {
  readonly schemaId: string;
  readonly objectPath: readonly string[];
  readonly mode: 'native' | 'sync';
  readonly reason: SyncReason | null;
  readonly creators: readonly FutureCreator[];
};

/**
 * How each schema of an asset treats what is made in it later (platforms.md 1): natively where our facts allow it and for
 * every role that the account can act for; for all others by the next crawl.
 */
export function futuresOf(
  future: DesiredFuture | null,
  observed: ReadonlyMap<string, ObservedSchema>,
): readonly FutureOfSchema[] {
  return (future?.schemas ?? []).map((schema) => futureOf(schema, observed.get(schema.platformId)));
}

function futureOf(schema: ParentSchema, seen: ObservedSchema | undefined): FutureOfSchema {
  const forbidden = forbids(schema, seen);
  const creators = (seen?.creators ?? []).map((creator) => ({
    ...creator,
    native: forbidden === null && creator.reach !== 'none',
  }));
  const reason = forbidden ?? (creators.some((c) => !c.native) ? 'future.creating_role_out_of_reach' : null);
  const { platformId: schemaId, objectPath } = schema;
  return {
    schemaId,
    objectPath: seen?.objectPath ?? objectPath,
    mode: reason === null ? 'native' : 'sync',
    reason,
    creators,
  };
}

function forbids(schema: ParentSchema, seen: ObservedSchema | undefined): SyncReason | null {
  if (schema.syncReason !== null) return schema.syncReason;
  if (seen === undefined) return 'future.schema_unseen';
  if (!seen.grantable) return 'future.schema_not_grantable';
  return seen.creators.length === 0 ? 'future.no_creating_role' : null;
}

/** The default privileges that a container lacks, and those of ours that it must not have any more. */
export function diffDefaults(
  future: DesiredFuture | null,
  observed: ReadonlyMap<string, ObservedSchema>,
  held: readonly ObservedDefault[],
): { readonly give: readonly DefaultRef[]; readonly take: readonly DefaultRef[] } {
  const wanted = futuresOf(future, observed).flatMap(defaultsOf);
  const wantedKeys = new Set(wanted.map(keyOf));
  const heldKeys = new Set(held.map(keyOf));
  const take = held
    .filter((d) => d.reach !== 'none' && !wantedKeys.has(keyOf(d)))
    .map(({ container: _, reach, ...ref }) => ({ ...ref, assumed: reach === 'role' }));
  return { give: sorted(wanted.filter((d) => !heldKeys.has(keyOf(d)))), take: sorted(take) };
}

const keyOf = ({ roleId, schemaId }: Pick<DefaultRef, 'roleId' | 'schemaId'>): string => `${schemaId}/${roleId}`;

/** The default privileges that make what holds for a schema true. */
export const defaultsOf = ({ schemaId, objectPath, creators }: FutureOfSchema): DefaultRef[] =>
  creators
    .filter((creator) => creator.native)
    .map(({ roleId, name, reach }) => ({
      roleId,
      roleName: name,
      schemaId,
      schemaPath: objectPath,
      assumed: reach === 'role',
    }));

const sorted = (refs: readonly DefaultRef[]): DefaultRef[] =>
  refs.toSorted((a, b) => comparePlatformIds(a.schemaId, b.schemaId) || comparePlatformIds(a.roleId, b.roleId));
