/** A question to the platform about effective privileges, by platform id. */
export type Probe =
  /** May the principal (a login or a container) read these objects now, by whatever route? */
  | { readonly kind: 'read'; readonly principalId: string; readonly objectIds: readonly string[] }
  /** Does the login have the container's privileges without doing anything? */
  | { readonly kind: 'member'; readonly principalId: string; readonly containerId: string };

/** What the platform answered. `probe` names the native function that was asked. */
export type ReadProof = {
  readonly kind: 'read';
  readonly principalId: string;
  readonly objectId: string;
  readonly readable: boolean;
  /** Columns readable: with a table privilege all, with column grants some. */
  readonly columns: 'all' | 'some' | 'none';
  readonly schemaUsage: boolean;
  readonly probe: string;
  /** Platform clock, milliseconds. */
  readonly observedAt: number;
};

export type MemberProof = {
  readonly kind: 'member';
  readonly principalId: string;
  readonly containerId: string;
  readonly effective: boolean;
  /** The login may connect to the database at all. */
  readonly connect: boolean;
  readonly probe: string;
  readonly observedAt: number;
};

export type Proof = ReadProof | MemberProof;
