import type { DesiredAccess, DesiredContainer } from '@stoa/core/access/model';
import { defaultsOf, futuresOf } from '@stoa/core/provisioning/future-objects';
import type { ObservedSchema } from '@stoa/core/provisioning/observed';
import type { Probe } from '@stoa/core/provisioning/proof';
import { type LoadedFacts, partKey } from './load-facts.ts';

/** A few members are asked about each object themselves; of many, the container answers for its objects. */
const directAnswers = 64;

type Asked = {
  /** By name. */
  containerIds: ReadonlyMap<string, string>;
  /** As they were seen before the run: who makes objects there. */
  schemas: readonly ObservedSchema[];
};

/**
 * The platform ids under which a container is asked about its members: the one it has, and the one that it had when it was last
 * seen, since who was let in there may still be let in by a role that is no longer told to be it.
 */
export const idsToAsk = (
  { name, platformId }: Pick<DesiredContainer, 'name' | 'platformId'>,
  containerIds: ReadonlyMap<string, string>,
): ReadonlySet<string> => new Set([containerIds.get(name) ?? [], platformId ?? []].flat());

/**
 * What the platform is asked after a run: of each approval in scope and of each member by policy, whether the membership has effect; of each container
 * that was looked at as a whole, what it may read, and what it
 * will read of what is made later. One answer a member and one an object, never one for each pair of both;
 * small targets are asked pair by pair besides.
 */
export function questionsFor(
  { facts, directObjects }: LoadedFacts,
  desired: DesiredAccess,
  { containerIds, schemas }: Asked,
): Probe[] {
  const principals = new Map(facts.users.map((user) => [user.globalUserId, user.identity?.principalId ?? null]));
  const approved = new Map<string, string[]>();
  for (const { targetId, globalUserId } of facts.approvals) {
    const people = approved.get(targetId);
    if (people) people.push(globalUserId);
    else approved.set(targetId, [globalUserId]);
  }
  const policies = new Set(facts.targets.filter(({ kind }) => kind === 'po').map(({ targetId }) => targetId));
  const probes: Probe[] = [];
  for (const container of desired.containers) {
    const containerId = containerIds.get(container.name);
    const members = new Set<string>();
    for (const globalUserId of approved.get(container.targetId) ?? []) {
      const principalId = principals.get(globalUserId);
      if (principalId != null) members.add(principalId);
    }
    if (policies.has(container.targetId)) for (const { principalId } of container.members) members.add(principalId);
    for (const id of idsToAsk(container, containerIds))
      for (const principalId of members) probes.push({ kind: 'member', principalId, containerId: id });
    if (containerId === undefined) continue;
    const makers = futuresOf(container.future, new Map(schemas.map((schema) => [schema.platformId, schema])))
      .flatMap(defaultsOf)
      .map(({ roleId, schemaId }) => ({ roleId, schemaId }));
    if (makers.length > 0) probes.push({ kind: 'default', containerId, makers });
    const known = container.onlyPrincipals !== null;
    const objectIds = known
      ? (directObjects.get(partKey(container.targetId, container.part)) ?? [])
      : container.objects.map((object) => object.platformId);
    if (objectIds.length === 0) continue;
    if (!known) probes.push({ kind: 'read', principalId: containerId, objectIds });
    if (container.members.length * objectIds.length > directAnswers) continue;
    for (const member of container.members)
      probes.push({ kind: 'read', principalId: member.principalId, objectIds: [...objectIds] });
  }
  return probes;
}
