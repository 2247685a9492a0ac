import { updateConnection } from '@stoa/contract/connection';
import { setIdentity } from '@stoa/contract/identity';
import type { LivePlatform } from '@stoa/server/testing/live-platform';
import type { TestPerson } from '@stoa/server/testing/people';
import type { Registered } from '@stoa/server/testing/register-platform';
import pg from 'pg';
import { idsIn } from './payloads.ts';
import type { Writer } from './writer.ts';

const name = pg.escapeIdentifier;
const text = pg.escapeLiteral;

/** Hostile names and comments of tables and columns on a real PostgreSQL, which a crawl reads. */
export async function layHostileTables(writer: Writer, platform: LivePlatform): Promise<void> {
  const { superuser, tables, owner, connector } = platform;
  for (const { schema, name: table } of tables) {
    const where = `${name(schema)}.${name(table)}`;
    // A name of PostgreSQL ends after 63 bytes.
    const column = writer.line(60);
    await superuser.query(`alter table ${where} add column ${name(column)} text`);
    for (const [kind, object] of [
      ['table', where],
      ['column', `${where}.id`],
      ['column', `${where}.label`],
      ['column', `${where}.${name(column)}`],
    ] as const) {
      const comment = writer.text(3_000, kind === 'table' ? 10 : 2);
      await superuser.query(`comment on ${kind} ${object} is ${text(comment)}`);
      for (const id of [...idsIn(comment), ...idsIn(column)]) writer.stored.add(id);
    }
  }
  const [first] = tables;
  if (first === undefined) return;
  const made = `${name(first.schema)}.${name(writer.line(60))}`;
  await superuser.query(`create table ${made} (id integer primary key, label text)`);
  await superuser.query(`alter table ${made} owner to ${name(owner)}`);
  await superuser.query(`grant select on ${made} to ${name(connector.username)} with grant option`);
}

/** What a connection says of names: last, since people are called otherwise on the platform from then on. */
export async function storeSettings(writer: Writer, admin: TestPerson, { connectionKey }: Registered): Promise<void> {
  await writer.write(admin, updateConnection, {
    params: { connectionKey },
    body: {
      settings: {
        identityTemplate: `{username}${writer.line(200)}`,
        viewSchema: writer.line(60),
        viewSchemas: { [writer.line(60)]: writer.line(60) },
        protectedPrincipals: [writer.line(60)],
      },
    },
  });
}

export async function nameOnPlatform(writer: Writer, admin: TestPerson, who: TestPerson): Promise<void> {
  const params = { connectionKey: 'warehouse', globalUserId: who.globalUserId };
  await writer.write(admin, setIdentity, { params, body: { externalName: writer.line(60) } });
}
