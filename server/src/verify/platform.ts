/** What the catalog of a platform says, as plain rows. Ids are the platform's own; `0` is everybody. */
export type Catalog = {
  readonly account: { readonly id: string; readonly name: string };
  readonly roles: ReadonlyMap<string, RoleRow>;
  readonly members: readonly MemberRow[];
  readonly relations: ReadonlyMap<string, RelationRow>;
  readonly schemas: ReadonlyMap<string, SchemaRow>;
  /** Rights to read, on a table or a view as a whole or on single columns. */
  readonly grants: readonly GrantRow[];
};

export type RoleRow = {
  readonly id: string;
  readonly name: string;
  readonly isSuperuser: boolean;
  readonly canLogin: boolean;
  /** The container of ours that the role is; null when it is none. */
  readonly container: string | null;
  /** It owns the views that stand before masked tables. */
  readonly isLayer: boolean;
};
export type MemberRow = {
  readonly role: string;
  readonly member: string;
  /** The member has the rights of the role without asking for them. */
  readonly inherits: boolean;
  /** The member can take the role on. */
  readonly sets: boolean;
};
export type RelationRow = {
  readonly id: string;
  readonly schema: string;
  readonly schemaName: string;
  readonly name: string;
  readonly owner: string;
  readonly columns: number;
  /** The data source before which this view of ours stands. */
  readonly viewOf: number | null;
  /** The text of such a view. */
  readonly definition: string | null;
};
export type SchemaRow = { readonly id: string; readonly owner: string; readonly users: ReadonlySet<string> };
export type GrantRow = {
  readonly relation: string;
  readonly grantee: string;
  readonly grantor: string;
  /** Null: the whole of it. */
  readonly column: number | null;
  readonly isGrantable: boolean;
};
