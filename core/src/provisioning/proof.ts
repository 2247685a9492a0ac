/** A question to the platform about effective privileges, by platform id. */
export type Probe =
  /** May the principal (a login or a container) read these objects now, by whatever route? */
  | { readonly kind: 'read'; readonly principalId: string; readonly objectIds: readonly string[] }
  /** Does the login have the container's privileges without doing anything? */
  | { readonly kind: 'member'; readonly principalId: string; readonly containerId: string }
  /** Will the container read what each of these roles makes later in the schema beside it? */
  | { readonly kind: 'default'; readonly containerId: string; readonly makers: readonly Maker[] };

/** A role that makes objects, and the schema it makes them in. */
export type Maker = { readonly roleId: string; readonly schemaId: string };

/** What the platform answered. `probe` names the native function that was asked. */
export type ReadProof = {
  readonly kind: 'read';
  readonly principalId: string;
  readonly objectId: string;
  readonly readable: boolean;
  /** Columns readable: with a table privilege all, with column grants some. */
  readonly columns: 'all' | 'some' | 'none';
  readonly schemaUsage: boolean;
  /** A view that reads in its reader's own name, who may not read what is below it; left out where that is not so. */
  readonly isClosedBelow?: boolean;
  readonly probe: string;
  /** Platform clock, milliseconds. */
  readonly observedAt: number;
};

export type MemberProof = {
  readonly kind: 'member';
  readonly principalId: string;
  readonly containerId: string;
  readonly effective: boolean;
  /** The login may sign in, and connect to the database at all. */
  readonly connect: boolean;
  /** Why it cannot sign in; left out where it can. */
  readonly noSignIn?: 'no_login' | 'password_expired';
  readonly probe: string;
  readonly observedAt: number;
};

export type DefaultProof = Maker & {
  readonly kind: 'default';
  readonly containerId: string;
  readonly holds: boolean;
  readonly probe: string;
  readonly observedAt: number;
};

export type Proof = ReadProof | MemberProof | DefaultProof;
