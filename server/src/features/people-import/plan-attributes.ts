import { type AttributeRow, type Carrier, judgeAttributes } from '@stoa/core/people-import/judge-attributes';
import type { PersonRef } from '@stoa/core/person';
import { sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { enqueuePeople } from '../../provisioning/enqueue-policy-keys.ts';
import { attributeAudit, type AttributeChange } from '../user/replace-attributes.ts';
import { entryFor, type ImportBy, type ImportPlan, rowsThat } from './plan.ts';
import { lockGroups } from './plan-groups.ts';

type Cells = Omit<AttributeRow, 'carrier' | 'isThere'>;
type Sure = AttributeRow & { carrier: Carrier };

/** Attributes of people and groups from a file; values that it does not name stay, and so do those of providers. */
export async function planAttributes(tx: Tx, by: ImportBy, cells: readonly Cells[]): Promise<ImportPlan> {
  const named = (type: Cells['type']) => cells.filter((row) => row.type === type).map((row) => row.principal);
  if (!by.isDryRun) {
    await lockGroups(tx, named('group'));
    await sql`select from app_user where lower(username) in (select lower(n) from unnest(${named('user')}::text[]) n)
      order by global_user_id for no key update`.execute(tx);
  }
  const rows = await loadCarriers(tx, by.actor, cells);
  const judged = judgeAttributes(by.actor, rows);
  const isSure = (row: AttributeRow): row is Sure => row.carrier !== null;
  const added = rowsThat(['created'], rows, judged).filter(isSure);
  const removed = rowsThat(['removed'], rows, judged).filter(isSure);
  const people = peopleOf([...added, ...removed]);
  const { rows: counted } = await sql<{
    count: number;
  }>`select count(distinct id) as count from (${people}) w (id)`.execute(tx);
  return {
    rows: judged,
    peopleCount: counted[0]?.count ?? 0,
    apply: (t, after) => write(t, after, { by, added, removed }),
  };
}

type Found = { id: string | null; name: string | null; personId: string | null; isThere: boolean; own: PersonRef[] };

async function loadCarriers(tx: Tx, actor: PersonRef, cells: readonly Cells[]): Promise<AttributeRow[]> {
  const { rows } = await sql<Found>`
    select coalesce(u.global_user_id::text, g.id::text) as id, coalesce(u.name, g.name) as name, u.person_id as "personId",
      a.name is not null as "isThere",
      coalesce((select json_agg(json_build_object('globalUserId', o.global_user_id, 'personId', o.person_id))
        from group_member m join app_user o on o.global_user_id = m.global_user_id
        where m.group_id = g.id and o.person_id = ${actor.personId}), '[]') as own
    from unnest(${cells.map((row) => row.type)}::text[], ${cells.map((row) => row.principal.normalize('NFKC'))}::text[],
        ${cells.map((row) => row.principal)}::text[], ${cells.map((row) => row.name)}::text[], ${cells.map((row) => row.value)}::text[])
        with ordinality n (type, username, group_name, name, value, at)
      left join app_user u on n.type = 'user' and lower(u.username) = lower(n.username)
      left join user_group g on n.type = 'group' and lower(g.name) = lower(n.group_name)
      left join attribute a on a.principal_type = n.type and a.principal_id = coalesce(u.global_user_id::text, g.id::text)
        and a.name = n.name and a.value = n.value and a.source = 'local'
    order by n.at`.execute(tx);
  return cells.map((row, at) => ({ ...row, carrier: carrierOf(row, rows[at]), isThere: rows[at]?.isThere === true }));
}

function carrierOf({ type }: Cells, found: Found | undefined): Carrier | null {
  if (found === undefined || found.id === null || found.name === null) return null;
  const { id, name, personId, own } = found;
  if (type === 'group') return { type, id, name, own };
  return { type, id, name, person: { globalUserId: id, personId: personId ?? id } };
}

/** A query of everybody whose attributes the rows change: those named, and the members of the groups named. */
function peopleOf(rows: readonly Sure[]) {
  const ids = (type: Carrier['type']) => [
    ...new Set(rows.flatMap(({ carrier }) => (carrier.type === type ? [carrier.id] : []))),
  ];
  return sql`select unnest(${ids('user')}::uuid[])
    union select m.global_user_id from group_member m where m.group_id = any(${ids('group')}::int[])`;
}

async function write(
  tx: Tx,
  after: AfterCommit,
  { by, added, removed }: { by: ImportBy; added: readonly Sure[]; removed: readonly Sure[] },
): Promise<AuditEntry[]> {
  const cells = (rows: readonly Sure[]) => sql`unnest(${rows.map(({ carrier }) => carrier.type)}::text[],
    ${rows.map(({ carrier }) => carrier.id)}::text[], ${rows.map((row) => row.name)}::text[], ${rows.map((row) => row.value)}::text[])
    as n (type, id, name, value)`;
  await sql`delete from attribute a using ${cells(removed)}
    where a.principal_type = n.type and a.principal_id = n.id and a.name = n.name and a.value = n.value and a.source = 'local'`.execute(
    tx,
  );
  await sql`insert into attribute (principal_type, principal_id, name, value, added_by)
    select n.*, ${by.actor.globalUserId}::uuid from ${cells(added)}`.execute(tx);
  await touch(tx, [...added, ...removed]);
  await enqueuePeople(tx, after, {
    people: peopleOf([...added, ...removed]),
    attributes: [...new Set([...added, ...removed].map((row) => row.name))],
    cause: 'attribute',
  });
  for (const type of ['user', 'group'] as const) {
    const one = [...added, ...removed].find(({ carrier }) => carrier.type === type);
    if (one !== undefined) after.changed(type, one.carrier.id);
  }
  return auditOf(by, added, removed);
}

async function touch(tx: Tx, rows: readonly Sure[]): Promise<void> {
  const ids = (type: Carrier['type']) => [
    ...new Set(rows.flatMap(({ carrier }) => (carrier.type === type ? [carrier.id] : []))),
  ];
  await sql`update app_user set updated_at = now() where global_user_id = any(${ids('user')}::uuid[])`.execute(tx);
  await sql`update user_group set updated_at = now() where id = any(${ids('group')}::int[])`.execute(tx);
}

function valuesByCarrier(rows: readonly Sure[]): Map<string, AttributeChange[]> {
  const values = new Map<string, AttributeChange[]>();
  for (const { carrier, name, value } of rows) {
    const key = `${carrier.type} ${carrier.id}`;
    const list = values.get(key) ?? [];
    list.push({ name, value });
    values.set(key, list);
  }
  return values;
}

function auditOf(by: ImportBy, added: readonly Sure[], removed: readonly Sure[]): AuditEntry[] {
  const carriers = new Map([...added, ...removed].map(({ carrier }) => [`${carrier.type} ${carrier.id}`, carrier]));
  const [more, less] = [valuesByCarrier(added), valuesByCarrier(removed)];
  return [...carriers].flatMap(([key, { type, id, name }]) =>
    attributeAudit(entryFor(by, { type: type === 'user' ? 'USER' : 'GROUP', id, name }), {
      added: more.get(key) ?? [],
      removed: less.get(key) ?? [],
    }),
  );
}
