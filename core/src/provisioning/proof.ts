import { comparePlatformIds } from '../access/compile.ts';
import type { AccessFacts, DesiredAccess } from '../access/model.ts';
import type { ObservedContainer } from './observed.ts';

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

/** Up to this many objects, a single login is asked about each of them; above, its container answers for it. */
const directObjects = 200;

/**
 * The questions that prove the approvals named (null: all in the facts), given the containers observed after applying.
 * Costs one answer per member and one per object of a container, never one per member and object; a single login on a
 * small target is asked directly.
 */
export function probesFor(
  facts: AccessFacts,
  desired: DesiredAccess,
  about: { readonly containers: readonly ObservedContainer[]; readonly requestIds: ReadonlySet<string> | null },
): readonly Probe[] {
  const ids = new Map(about.containers.filter((c) => c.ours).map((c) => [c.name, c.platformId]));
  const users = new Map(facts.users.map((u) => [u.globalUserId, u]));
  const wanted = desired.containers.flatMap((c) => {
    const containerId = ids.get(c.name);
    return containerId === undefined ? [] : [{ ...c, containerId, asked: new Set<string>() }];
  });
  const byTarget = new Map(wanted.map((c) => [c.targetId, c]));
  for (const approval of facts.approvals) {
    if (about.requestIds !== null && !about.requestIds.has(approval.requestId)) continue;
    const principalId = users.get(approval.globalUserId)?.identity?.principalId;
    if (principalId != null) byTarget.get(approval.targetId)?.asked.add(principalId);
  }
  const probes: Probe[] = [];
  for (const { containerId, asked, objects, members } of wanted) {
    if (asked.size === 0) continue;
    const principals = [...asked].sort(comparePlatformIds);
    for (const principalId of principals) probes.push({ kind: 'member', principalId, containerId });
    const objectIds = objects.map((o) => o.platformId);
    if (objectIds.length === 0 || !members.some((m) => asked.has(m.principalId))) continue;
    probes.push({ kind: 'read', principalId: containerId, objectIds });
    const only = principals[0];
    if (principals.length === 1 && only !== undefined && objectIds.length <= directObjects) {
      probes.push({ kind: 'read', principalId: only, objectIds });
    }
  }
  return probes;
}
