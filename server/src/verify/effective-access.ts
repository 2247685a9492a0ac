import { groupBy } from './group-by.ts';
import type { Catalog, GrantRow, RelationRow, RoleRow } from './platform.ts';

/** One way by which somebody reads something. */
export type Way = {
  /** The role that has the right, `0` for everybody. */
  readonly holder: string;
  readonly holderName: string;
  readonly kind: 'grant' | 'column' | 'owner' | 'superuser' | 'read-all' | 'public';
  /** The containers of ours on the way from the person to the holder. */
  readonly containers: readonly { readonly id: string; readonly name: string; readonly member: string }[];
};

export type Reads = {
  /** Every column, with the rights that one has without taking on a role. */
  readonly isWhole: boolean;
  /** At least one column, by any way there is. */
  readonly isSome: boolean;
  readonly ways: readonly Way[];
};

/** What is known of one table so far. */
type Rights = { readonly ways: Way[]; readonly columns: Set<number>; isWhole: boolean };
/** Whether the schema may be used at all, and without taking on a role. */
type Use = { readonly isSome: boolean; readonly isPlain: boolean };
type Reach = { readonly role: string; readonly inherits: boolean; readonly containers: Way['containers'] };

/** What one login may read, column by column, whoever gave it: groups, everybody, ownership, columns, inherited roles. */
export class EffectiveAccess {
  readonly #catalog: Catalog;
  readonly #over: ReadonlyMap<string, Catalog['members'][number][]>;
  /** By grantee and relation. */
  readonly #grants = new Map<string, Map<string, GrantRow[]>>();
  readonly #owned: ReadonlyMap<string, readonly RelationRow[]>;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    this.#over = groupBy(catalog.members, ({ member }) => member);
    this.#owned = groupBy(catalog.relations.values(), ({ owner }) => owner);
    for (const [grantee, grants] of groupBy(catalog.grants, (grant) => grant.grantee))
      this.#grants.set(
        grantee,
        groupBy(grants, ({ relation }) => relation),
      );
  }

  /** What a role reads. Of what is not in the answer it reads nothing. */
  readsOf(principal: string): ReadonlyMap<string, Reads> {
    const reach = this.#reachOf(principal);
    const found = new Map<string, Rights>();
    for (const one of reach) this.#addRights(one, found);
    const uses = new Map<string, Use>();
    const reads = new Map<string, Reads>();
    for (const [id, { ways, columns, isWhole }] of found) {
      const relation = this.#catalog.relations.get(id);
      if (relation === undefined) continue;
      const use = uses.get(relation.schema) ?? this.#useOf(reach, relation.schema);
      uses.set(relation.schema, use);
      const isEvery = isWhole || (relation.columns > 0 && columns.size >= relation.columns);
      reads.set(id, { isWhole: isEvery && use.isPlain, isSome: use.isSome, ways });
    }
    return reads;
  }

  /** What the rights of one role add to what somebody may read who comes to it. */
  #addRights({ role, inherits, containers }: Reach, found: Map<string, Rights>): void {
    const known = this.#catalog.roles.get(role);
    const holder = { holder: role, holderName: known?.name ?? 'PUBLIC', containers };
    const add = (relation: string, kind: Way['kind'], column: number | null): void => {
      const rights = found.get(relation) ?? { ways: [], columns: new Set(), isWhole: false };
      found.set(relation, rights);
      rights.ways.push({ ...holder, kind });
      if (column === null) rights.isWhole ||= inherits;
      else if (inherits) rights.columns.add(column);
    };
    if (isAllReading(known)) for (const id of this.#catalog.relations.keys()) add(id, allReading(known), null);
    else for (const { id } of this.#owned.get(role) ?? []) add(id, 'owner', null);
    for (const [id, grants] of this.#grants.get(role) ?? [])
      for (const { column } of grants) add(id, role === '0' ? 'public' : column === null ? 'grant' : 'column', column);
  }

  /** Every role that a role comes to, by whatever road: the same one by two roads is told twice. */
  #reachOf(principal: string): readonly Reach[] {
    const found: Reach[] = [
      { role: principal, inherits: true, containers: [] },
      { role: '0', inherits: true, containers: [] },
    ];
    const seen = new Set<string>();
    for (const from of found) {
      for (const { role, member, inherits, sets } of this.#over.get(from.role) ?? []) {
        if (!inherits && !sets) continue;
        const name = this.#catalog.roles.get(role)?.container ?? null;
        const containers = name === null ? from.containers : [...from.containers, { id: role, name, member }];
        const next = { role, inherits: from.inherits && inherits, containers };
        const key = `${role} ${next.inherits} ${containers.map(({ id }) => id).join()}`;
        if (seen.has(key)) continue;
        seen.add(key);
        found.push(next);
      }
    }
    return found;
  }

  /** Without the use of its schema nothing in it is read. */
  #useOf(reach: readonly Reach[], id: string): Use {
    const schema = this.#catalog.schemas.get(id);
    const using = reach.filter(
      ({ role }) =>
        schema?.owner === role || schema?.users.has(role) === true || isAllReading(this.#catalog.roles.get(role)),
    );
    return { isSome: using.length > 0, isPlain: using.some(({ inherits }) => inherits) };
  }
}

const isAllReading = (role: RoleRow | undefined): boolean =>
  role !== undefined && (role.isSuperuser || role.name === 'pg_read_all_data');
const allReading = (role: RoleRow | undefined): Way['kind'] => (role?.isSuperuser === true ? 'superuser' : 'read-all');
