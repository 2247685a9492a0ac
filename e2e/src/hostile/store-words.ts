import { updateAuditS3 } from '@stoa/contract/audit-chain';
import { createToken } from '@stoa/contract/auth';
import { createIdentityProvider, updateIdentityProvider } from '@stoa/contract/identity-provider';
import { setScimAccess } from '@stoa/contract/scim-access';
import { linkSignIn } from '@stoa/contract/provider-sign-in';
import { createDomain, updateDomain } from '@stoa/contract/domain';
import { createGroup, setGroupMembers, updateGroup } from '@stoa/contract/group';
import { createIdentifier, setIdentifierSet, updateIdentifier } from '@stoa/contract/identifier';
import { updateEmailConfiguration } from '@stoa/contract/email';
import { importPeople } from '@stoa/contract/people-import';
import { setSlackApp } from '@stoa/contract/slack';
import { changeTags, createTag, updateTag } from '@stoa/contract/tag';
import { updateUser } from '@stoa/contract/user';
import { createWebhook, updateWebhook } from '@stoa/contract/webhook';
import type { TestPerson } from '@stoa/server/testing/people';
import type { Registered } from '@stoa/server/testing/register-platform';
import type { Writer } from './writer.ts';

export type Words = {
  readonly group: { readonly id: number; readonly name: string };
  readonly attribute: { readonly name: string; readonly value: string };
  readonly tag: { readonly id: number; readonly name: string };
  readonly identifierId: number;
  readonly webhookId: string;
};

/** A dot would begin the next tag of a path; a backslash is written before one alone. */
const tagName = (writer: Writer): string => writer.line(240, /\\/).replaceAll('.', '\\.');

/** Groups, attributes, tags, identifiers and what else has a name of its own. */
export async function storeWords(
  writer: Writer,
  { admin, members, registered }: { admin: TestPerson; members: readonly TestPerson[]; registered: Registered },
): Promise<Words> {
  const group = await storeGroup(writer, admin, members);
  const attribute = { name: writer.line(100), value: writer.line() };
  const [member] = members;
  if (member === undefined) throw new Error('nobody is there');
  const params = { globalUserId: member.globalUserId };
  await writer.write(admin, updateUser, {
    params,
    body: {
      name: writer.line(),
      attributes: { [attribute.name]: [attribute.value], [writer.line(100)]: [writer.line()] },
    },
  });
  const tag = await writer.write(admin, createTag, {
    body: { name: tagName(writer), description: writer.text(8_000, 30), sensitivity: 'high' },
  });
  await writer.write(admin, updateTag, { params: { id: tag.id }, body: { description: writer.text(8_000, 30) } });
  const dataSourceIds = registered.sources.map((source) => source.id).slice(0, 3);
  await writer.write(admin, changeTags, { body: { add: [tag.id], targets: { dataSourceIds } } });
  await writer.write(admin, createToken, { body: { description: writer.line() } });
  await importFiles(writer, admin);
  return {
    group,
    attribute,
    tag: { id: tag.id, name: tag.name },
    identifierId: await storeIdentifiers(writer, admin, registered),
    webhookId: await storeWebhook(writer, admin),
  };
}

async function storeGroup(
  writer: Writer,
  admin: TestPerson,
  members: readonly TestPerson[],
): Promise<{ id: number; name: string }> {
  const attributes = () => ({ [writer.line(100)]: [writer.line(), writer.line()] });
  const made = await writer.write(admin, createGroup, { body: { name: writer.line(), attributes: attributes() } });
  const name = writer.line();
  const params = { id: made.id };
  await writer.write(admin, updateGroup, { params, body: { name, attributes: attributes() } });
  await writer.write(admin, setGroupMembers, {
    params,
    body: { globalUserIds: members.map((one) => one.globalUserId) },
  });
  return { id: made.id, name };
}

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

async function importFiles(writer: Writer, admin: TestPerson): Promise<void> {
  const groups = Array.from({ length: 5 }, () => cell(`I ${writer.line(200)}`));
  await writer.write(admin, importPeople, {
    params: { kind: 'groups' },
    body: { csv: `name\n${groups.join('\n')}` },
    query: {},
  });
}

const asPattern = (text: string): string => text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');

async function storeIdentifiers(writer: Writer, admin: TestPerson, { domainId }: Registered): Promise<number> {
  const words = () => ({ name: writer.line(100), description: writer.text(6_000, 15), tags: [tagName(writer)] });
  const made = await writer.write(admin, createIdentifier, {
    body: { ...words(), criteriaType: 'regex', pattern: asPattern(writer.line(200)) },
  });
  await writer.write(admin, updateIdentifier, {
    params: { id: made.id },
    body: { ...words(), pattern: asPattern(writer.line(200)) },
  });
  const values = () => Array.from({ length: 8 }, () => writer.line());
  const dictionary = await writer.write(admin, createIdentifier, {
    body: { ...words(), criteriaType: 'dictionary', values: values() },
  });
  await writer.write(admin, updateIdentifier, { params: { id: dictionary.id }, body: { values: values() } });
  await writer.write(admin, setIdentifierSet, {
    params: { id: domainId },
    body: { entries: [{ identifierId: made.id, tags: [tagName(writer)] }] },
  });
  return made.id;
}

async function storeWebhook(writer: Writer, admin: TestPerson): Promise<string> {
  const url = 'https://127.0.0.1/hook';
  const { id } = await writer.write(admin, createWebhook, { body: { url, description: writer.line() } });
  await writer.write(admin, updateWebhook, { params: { id }, body: { description: writer.line() } });
  return id;
}

/** A domain of its own: its sources are those of a platform. */
export async function storeDomain(writer: Writer, admin: TestPerson): Promise<string> {
  const { id } = await writer.write(admin, createDomain, {
    body: { name: writer.line(), description: writer.text(8_000, 20) },
  });
  await writer.write(admin, updateDomain, {
    params: { id },
    body: { name: writer.line(), description: writer.text(8_000, 20) },
  });
  return id;
}

type Mailbox = { readonly port: number; readonly user: string; readonly pass: string };

/** The sender of mails; their server is a real one. */
export async function storeMailSettings(
  writer: Writer,
  admin: TestPerson,
  { port, user, pass }: Mailbox,
): Promise<void> {
  await writer.write(admin, updateEmailConfiguration, {
    body: {
      host: '127.0.0.1',
      port,
      security: 'none',
      username: user,
      password: pass,
      fromName: writer.line(100),
      fromAddress: 'stoa@example.com',
    },
  });
}

/** Where audit events would be kept; it is not in use. */
export async function storeAuditBucket(writer: Writer, admin: TestPerson): Promise<void> {
  const bucket = { endpoint: 'https://127.0.0.1', region: 'eu-central-1', bucket: 'audit', prefix: '' };
  await writer.write(admin, updateAuditS3, {
    body: { ...bucket, accessKeyId: writer.line(200), secretAccessKey: 'none-of-yours', enabled: false },
  });
}

/** A provider that nobody can reach, and whom it means. */
export async function storeProvider(writer: Writer, admin: TestPerson, linked: TestPerson): Promise<void> {
  const words = () => ({
    name: writer.line(),
    issuer: 'https://127.0.0.1',
    clientId: writer.line(),
    claims: {
      username: writer.line(),
      name: writer.line(),
      email: writer.line(),
      groups: writer.line(),
      attributes: { team: writer.line() },
    },
    enabled: true,
  });
  await writer.write(admin, createIdentityProvider, {
    body: { id: 'works', ...words(), clientSecret: 'none-of-yours' },
  });
  await writer.write(admin, updateIdentityProvider, { params: { id: 'works' }, body: words() });
  await writer.write(admin, setScimAccess, { params: { id: 'works' }, body: { idClaim: writer.line() } });
  const params = { globalUserId: linked.globalUserId, providerId: 'works' };
  await writer.write(admin, linkSignIn, { params, body: { subject: writer.line() } });
}

/** Last: nothing is sent any more after it. */
export async function storeDeadChannels(writer: Writer, admin: TestPerson): Promise<void> {
  await writer.write(admin, updateEmailConfiguration, {
    body: {
      host: '127.0.0.1',
      port: 1,
      security: 'none',
      username: writer.line(200),
      password: '',
      oauth: {
        tokenUrl: 'https://127.0.0.1/token',
        clientId: writer.line(),
        scope: writer.text(900, 5).replaceAll(/\s+/g, ' '),
        clientSecret: 'none-of-yours',
        refreshToken: 'none-of-yours',
      },
      fromName: writer.line(100),
      fromAddress: 'stoa@example.com',
    },
  });
  await writer.write(admin, setSlackApp, {
    body: { clientId: writer.line(100), clientSecret: 'none-of-yours', signingSecret: 'none-of-yours' },
  });
}
