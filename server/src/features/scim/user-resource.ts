import { scimRoot, scimUrns } from '@stoa/contract/scim-path';
import { name as nameForm } from '@stoa/contract/text';
import { z } from 'zod';
import { emptyResource, type UserResource } from './attributes.ts';
import { valueRefused } from './read-values.ts';

const textsByName = z.record(z.string(), z.string());
const stored = z.object({
  texts: textsByName,
  name: textsByName,
  emails: z.array(
    z.object({
      value: z.string().optional(),
      type: z.string().optional(),
      display: z.string().optional(),
      primary: z.boolean().optional(),
    }),
  ),
  enterprise: textsByName,
  attributes: z.record(z.string(), z.array(z.string())),
});

/** As it is stored: what has a column of its own is left out. */
export const toStored = (user: UserResource): string =>
  JSON.stringify({
    texts: Object.fromEntries(user.texts),
    name: Object.fromEntries(user.name),
    emails: user.emails,
    enterprise: Object.fromEntries(user.enterprise),
    attributes: Object.fromEntries(user.attributes),
  });

/** Somebody whom a directory keeps, as the database has them. */
export type KeptRow = {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly status: 'active' | 'disabled';
  readonly external_id: string | null;
  readonly resource: unknown;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export function toResource(row: KeptRow): UserResource {
  const read = stored.parse(row.resource);
  return {
    ...emptyResource(),
    userName: row.username,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
    active: row.status === 'active',
    texts: new Map(Object.entries(read.texts)),
    name: new Map(Object.entries(read.name)),
    emails: read.emails.map((one) => ({ ...one })) as UserResource['emails'],
    enterprise: new Map(Object.entries(read.enterprise)),
    attributes: new Map(Object.entries(read.attributes)),
  };
}

/** As directories are answered. */
export function presentUser(row: KeptRow, publicUrl: string): Record<string, unknown> {
  const user = toResource(row);
  const { manager, ...enterprise } = Object.fromEntries(user.enterprise);
  const hasEnterprise = user.enterprise.size > 0;
  const hasAttributes = user.attributes.size > 0;
  return {
    schemas: [
      scimUrns.user,
      ...(hasEnterprise ? [scimUrns.enterprise] : []),
      ...(hasAttributes ? [scimUrns.attributes] : []),
    ],
    id: row.id,
    ...(user.externalId === undefined ? {} : { externalId: user.externalId }),
    userName: user.userName,
    active: user.active,
    displayName: row.name,
    ...Object.fromEntries(user.texts),
    ...(user.name.size === 0 ? {} : { name: Object.fromEntries(user.name) }),
    ...(user.emails.length === 0 ? {} : { emails: user.emails }),
    ...(hasEnterprise
      ? { [scimUrns.enterprise]: { ...enterprise, ...(manager === undefined ? {} : { manager: { value: manager } }) } }
      : {}),
    ...(hasAttributes ? { [scimUrns.attributes]: Object.fromEntries(user.attributes) } : {}),
    meta: {
      resourceType: 'User',
      created: row.created_at.toISOString(),
      lastModified: row.updated_at.toISOString(),
      location: `${publicUrl}${scimRoot}/Users/${row.id}`,
    },
  };
}

/** The name that people read; undefined: none is said. */
export function nameOf(user: UserResource): string | null {
  const said =
    user.texts.get('displayName') ??
    user.name.get('formatted') ??
    [user.name.get('givenName'), user.name.get('familyName')].filter(Boolean).join(' ');
  if (said === '') return null;
  const read = nameForm.safeParse(said);
  if (!read.success) throw valueRefused('displayName', read.error.issues[0]?.message ?? 'is no name');
  return read.data;
}

/** The address that is used; null: none is said. */
export const emailOf = ({ emails }: UserResource): string | null =>
  (emails.find((one) => one.primary) ?? emails.find((one) => one.type?.toLowerCase() === 'work') ?? emails[0])?.value ??
  null;

/** The attributes of Stoa that it says. */
export function attributesOf(user: UserResource): Record<string, string[]> {
  const said = new Map<string, string[]>([...user.attributes].map(([name, values]) => [name, [...values]]));
  for (const [name, value] of user.enterprise) said.set(name, [...new Set([...(said.get(name) ?? []), value])]);
  return Object.fromEntries(said);
}
