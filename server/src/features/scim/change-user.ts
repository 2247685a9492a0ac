import { Refusal } from '../../http/refusal.ts';
import {
  type Definition,
  type Email,
  emailForm,
  emailParts,
  emptyResource,
  enterpriseAttributes,
  nameForm,
  textForm,
  userAttributes,
  type UserResource,
  valueForm,
} from './attributes.ts';
import type { Comparison } from './read-filter.ts';
import { type Change, changesIn, readPatch } from './read-patch.ts';
import { pathRefused, type Place, readPath } from './read-path.ts';
import { booleanOf, fieldsOf, isFields, isNothing, textOf, textsOf, valueRefused } from './read-values.ts';

const mostEmails = 50;
const mostAttributes = 100;
/** Of all attributes together: they are written in one statement. */
const mostAttributeValues = 2_000;

/** What a body says of somebody. Members that nobody knows, and those that a client cannot say, are passed over. */
export function readUser(body: unknown): UserResource {
  const user = emptyResource();
  for (const change of changesIn('replace', body)) {
    try {
      changeAt(user, change, readPath(change.path ?? ''));
    } catch (error) {
      if (!(error instanceof Refusal) || !['scim.path_refused', 'scim.read_only'].includes(error.code)) throw error;
    }
  }
  return tidied(user);
}

/** Applies a PATCH to what was said before: all of it, or none. */
export function patchUser(user: UserResource, body: unknown): UserResource {
  const known = user.externalId;
  for (const change of readPatch(body))
    for (const one of change.path === undefined ? changesIn(change.act, change.value) : [change])
      changeAt(user, one, readPath(one.path ?? ''));
  if (known !== undefined && user.externalId === undefined) user.externalId = known;
  return tidied(user);
}

function changeAt(user: UserResource, change: Change, place: Place): void {
  const { extension, attribute } = place;
  if (attribute === undefined) return changeExtension(user, change, extension);
  if (extension === 'attributes') {
    if (place.filter !== undefined || place.part !== undefined) throw pathRefused(change.path ?? '');
    return changeAttribute(user, change, attribute);
  }
  const definition = (extension === undefined ? userAttributes : enterpriseAttributes).get(attribute.toLowerCase());
  if (definition === undefined) throw pathRefused(change.path ?? '');
  if (definition.kind === 'read only')
    throw new Refusal('scim.read_only', { detail: `${definition.name} is not the directory's to set.` });
  if (definition.kind === 'passed over') return;
  if (definition.kind === 'emails') return changeEmails(user, change, place);
  if (place.filter !== undefined) throw pathRefused(change.path ?? '');
  if (definition.kind === 'parts') return changeParts(user.name, change, { place, definition });
  const isReference = definition.name === 'manager' && place.part !== undefined;
  // What a manager is called, or where they stand, is theirs to say.
  if (isReference && place.part?.toLowerCase() !== 'value') return;
  if (place.part !== undefined && !isReference) throw pathRefused(change.path ?? '');
  changeSimple(user, change, { definition, extension });
}

type Simple = { readonly definition: Definition; readonly extension: Place['extension'] };

function changeSimple(user: UserResource, { act, value }: Change, { definition, extension }: Simple): void {
  const { name, form } = definition;
  const isGone = act === 'remove' || isNothing(value) || (isFields(value) && isNothing(value['value']));
  if (name === 'active') {
    // Nothing said enables nobody.
    if (!isGone) user.active = booleanOf(name, value);
  } else if (name === 'userName' || name === 'externalId') {
    if (isGone) delete user[name];
    else user[name] = textOf(name, value, form ?? valueForm);
  } else {
    const texts = extension === 'enterprise' ? user.enterprise : user.texts;
    if (isGone) texts.delete(name);
    else texts.set(name, textOf(name, value, extension === 'enterprise' ? valueForm : textForm));
  }
}

function changeParts(
  held: Map<string, string>,
  { act, path, value }: Change,
  { place, definition }: { place: Place; definition: Definition },
): void {
  const set = (part: string, one: unknown): void => {
    const known = definition.parts?.get(part.toLowerCase());
    if (known === undefined) throw pathRefused(path ?? '');
    if (act === 'remove' || isNothing(one)) held.delete(known);
    else held.set(known, textOf(known, one, textForm));
  };
  if (place.part !== undefined) return set(place.part, value);
  if (act === 'remove' || isNothing(value)) return held.clear();
  for (const [part, one] of Object.entries(fieldsOf(definition.name, value)))
    if (definition.parts?.has(part.toLowerCase()) === true) set(part, one);
}

function changeExtension(user: UserResource, change: Change, extension: Place['extension']): void {
  const { act, value } = change;
  if (act === 'remove' || isNothing(value)) {
    if (extension === 'enterprise') user.enterprise.clear();
    else user.attributes.clear();
    return;
  }
  for (const one of changesIn(act, value)) {
    const attribute = one.path ?? '';
    // Names of our own extension are any that an attribute may have, and no paths.
    if (extension === 'attributes') changeAttribute(user, one, attribute);
    else if (enterpriseAttributes.has(attribute.toLowerCase()))
      changeAt(user, one, { extension, attribute, filter: undefined, part: undefined });
  }
}

/** An attribute for policies. A list adds to what is there; a single value stands in its place. */
function changeAttribute(user: UserResource, { act, value }: Change, written: string): void {
  const lower = written.toLowerCase();
  const known = [...user.attributes.keys()].find((one) => one.toLowerCase() === lower);
  const read = nameForm.safeParse(written.trim());
  if (!read.success) throw valueRefused(written, read.error.issues[0]?.message ?? 'is no name of an attribute');
  const name = known ?? read.data;
  const before = user.attributes.get(name) ?? [];
  const values = isNothing(value) ? [] : textsOf(name, value, valueForm);
  const now =
    act === 'remove'
      ? before.filter((one) => values.length > 0 && !values.includes(one))
      : act === 'add' && Array.isArray(value)
        ? textsOf(name, [...before, ...values], valueForm)
        : values;
  if (now.length === 0) user.attributes.delete(name);
  else user.attributes.set(name, now);
  if (user.attributes.size > mostAttributes)
    throw valueRefused('The extension', `names more than ${mostAttributes} attributes`);
  const count = [...user.attributes.values()].reduce((sum, one) => sum + one.length, 0);
  if (count > mostAttributeValues)
    throw valueRefused('The extension', `holds more than ${mostAttributeValues} values in all`);
}

function changeEmails(user: UserResource, change: Change, { filter, part }: Place): void {
  const { act, path, value } = change;
  const known = part === undefined ? undefined : emailParts.get(part.toLowerCase());
  if (part !== undefined && known === undefined) throw pathRefused(path ?? '');
  if (filter === undefined && known === undefined) {
    const said = act === 'remove' || isNothing(value) ? [] : (Array.isArray(value) ? value : [value]).map(readEmail);
    const kept = act === 'add' ? user.emails.filter((one) => !said.some((other) => other.value === one.value)) : [];
    user.emails = act === 'remove' && !isNothing(value) ? without(user.emails, value) : withPrimary(kept, said);
    return;
  }
  const meant = user.emails.filter(
    (one) => filter === undefined || filter.every((comparison) => fits(one, comparison)),
  );
  if (act === 'remove') {
    if (known === undefined || known === 'value') user.emails = user.emails.filter((one) => !meant.includes(one));
    else for (const one of meant) delete one[known as keyof Email];
    return;
  }
  const said = readEmail(known === undefined ? value : { [known]: value });
  // One of that kind that is not there yet is made: directories replace what they have never sent.
  const made = meant.length === 0 ? [fromFilter(filter ?? [])] : [];
  user.emails.push(...made);
  const changed = [...meant, ...made];
  for (const one of changed) Object.assign(one, said);
  user.emails = withPrimary(
    user.emails.filter((one) => !changed.includes(one)),
    changed,
  );
}

/** Some directories name what is to go in the value. */
function without(emails: readonly Email[], value: unknown): Email[] {
  const gone = (Array.isArray(value) ? value : [value]).map(readEmail).map((one) => one.value?.toLowerCase());
  return emails.filter((one) => !gone.includes(one.value?.toLowerCase()));
}

/** Of several primary ones the last that was said is it. */
function withPrimary(kept: readonly Email[], said: readonly Email[]): Email[] {
  if (kept.length + said.length > mostEmails) throw valueRefused('emails', `has more than ${mostEmails} values`);
  const primary = said.findLast((one) => one.primary === true);
  const all = [...kept, ...said];
  if (primary !== undefined) for (const one of all) if (one !== primary) delete one.primary;
  return all;
}

function readEmail(value: unknown): Email {
  const said: Email = {};
  const fields = isFields(value) ? value : { value };
  for (const [member, one] of Object.entries(fields)) {
    const part = emailParts.get(member.toLowerCase());
    if (part === undefined || isNothing(one)) continue;
    if (part === 'primary') said.primary = booleanOf('primary', one);
    else if (part === 'value') said.value = textOf('emails', one, emailForm);
    else if (part === 'type' || part === 'display') said[part] = textOf(part, one, textForm);
  }
  return said;
}

const fits = (one: Email, { attribute, value }: Comparison): boolean => {
  const part = emailParts.get(attribute);
  if (part === undefined) throw pathRefused(`emails[${attribute}]`);
  const held = part === 'primary' ? one.primary === true : one[part as 'value' | 'type' | 'display'];
  return typeof held === 'string' ? held.toLowerCase() === String(value).toLowerCase() : held === value;
};

const fromFilter = (filter: readonly Comparison[]): Email =>
  readEmail(Object.fromEntries(filter.map(({ attribute, value }) => [attribute, value])));

/** An address that nobody has said is none. */
function tidied(user: UserResource): UserResource {
  user.emails = user.emails.filter((one) => one.value !== undefined);
  return user;
}
