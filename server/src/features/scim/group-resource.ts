import { scimRoot, scimUrns } from '@stoa/contract/scim-path';
import { line, name as nameForm } from '@stoa/contract/text';
import { Refusal } from '../../http/refusal.ts';
import { valueForm } from './attributes.ts';
import { type Change, changesIn, readPatch } from './read-patch.ts';
import { pathRefused, type Place, readPath } from './read-path.ts';
import { isFields, isNothing, textOf, valueRefused } from './read-values.ts';

/** What a directory says of a group. */
export type GroupResource = { displayName?: string; externalId?: string; members: Set<string> };

/** A group that a directory keeps, as the database has it. */
export type KeptGroup = {
  readonly id: number;
  readonly name: string;
  readonly external_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};
export type Member = { readonly value: string; readonly display: string };

const idForm = line(100);

/** Reads a whole group. Members that nobody knows are passed over. */
export function readGroup(body: unknown): GroupResource {
  const group: GroupResource = { members: new Set() };
  for (const change of changesIn('replace', body)) {
    try {
      changeAt(group, change, readPath(change.path ?? ''));
    } catch (error) {
      if (!(error instanceof Refusal) || !['scim.path_refused', 'scim.read_only'].includes(error.code)) throw error;
    }
  }
  return group;
}

/** Applies a PATCH to what was said before: all of it, or none. */
export function patchGroup(group: GroupResource, body: unknown): GroupResource {
  for (const change of readPatch(body))
    for (const one of change.path === undefined ? changesIn(change.act, change.value) : [change])
      changeAt(group, one, readPath(one.path ?? ''));
  return group;
}

function changeAt(group: GroupResource, change: Change, place: Place): void {
  const { act, path, value } = change;
  const attribute = place.extension === undefined ? (place.attribute ?? '').toLowerCase() : '';
  const isGone = act === 'remove' || isNothing(value);
  if (attribute === 'members') return changeMembers(group, change, place);
  if (place.filter !== undefined || place.part !== undefined) throw pathRefused(path ?? '');
  // Directories send the id of a group along with its new name.
  if (attribute === 'id' || attribute === 'meta' || attribute === 'schemas') {
    if (act === 'remove') throw new Refusal('scim.read_only');
  } else if (attribute === 'displayname') {
    if (isGone) throw valueRefused('displayName', 'is missing');
    group.displayName = textOf('displayName', value, nameForm);
  } else if (attribute === 'externalid') {
    if (isGone) delete group.externalId;
    else group.externalId = textOf('externalId', value, valueForm);
  } else throw pathRefused(path ?? '');
}

function changeMembers(group: GroupResource, { act, path, value }: Change, { filter, part }: Place): void {
  if (part !== undefined) throw pathRefused(path ?? '');
  if (filter !== undefined) {
    const [first, ...more] = filter;
    if (first?.attribute !== 'value' || more.length > 0) throw pathRefused(path ?? '');
    if (act !== 'remove') throw new Refusal('scim.no_target', { detail: 'A member is added by members alone.' });
    group.members.delete(String(first.value).toLowerCase());
    return;
  }
  const named = isNothing(value) ? [] : (Array.isArray(value) ? value : [value]).map(memberOf);
  if (act === 'replace') group.members = new Set(named);
  else if (act === 'add') for (const one of named) group.members.add(one);
  // Some directories name in the value who is to leave.
  else if (named.length > 0) for (const one of named) group.members.delete(one);
  else group.members.clear();
}

function memberOf(value: unknown): string {
  if (isFields(value) && typeof value['type'] === 'string' && value['type'].toLowerCase() === 'group')
    throw valueRefused('members', 'holds a group: groups within groups are not kept, have their members sent');
  return textOf('members', value, idForm).toLowerCase();
}

/** As directories are answered; without its members where these are not asked for. */
export const presentGroup = (
  group: KeptGroup,
  members: readonly Member[] | undefined,
  publicUrl: string,
): Record<string, unknown> => ({
  schemas: [scimUrns.group],
  id: String(group.id),
  ...(group.external_id === null ? {} : { externalId: group.external_id }),
  displayName: group.name,
  ...(members === undefined
    ? {}
    : {
        members: members.map((one) => ({
          ...one,
          type: 'User',
          $ref: `${publicUrl}${scimRoot}/Users/${one.value}`,
        })),
      }),
  meta: {
    resourceType: 'Group',
    created: group.created_at.toISOString(),
    lastModified: group.updated_at.toISOString(),
    location: `${publicUrl}${scimRoot}/Groups/${group.id}`,
  },
});
