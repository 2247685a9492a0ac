import type { PolicyDraft } from '@stoa/contract/policy-resource';
import type { NameKind, PolicyProblem, UsedPolicyName } from '@stoa/core/policy/problem';
import { tagRoots } from '@stoa/core/tags/system-tags';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { allTags } from '../tag/stored-tags.ts';

/** Of the names that a policy uses, those that something has. */
export async function loadKnownNames(
  reader: Reader,
  used: readonly UsedPolicyName[],
): Promise<Readonly<Record<NameKind, ReadonlySet<string>>>> {
  const of = (kind: NameKind) => [...new Set(used.filter((one) => one.kind === kind).map((one) => one.name))];
  return {
    attribute: await knownAttributes(reader, of('attribute')),
    group: await knownGroups(reader, of('group')),
    tag: await knownTags(reader, of('tag')),
  };
}

async function knownAttributes(reader: Reader, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const { rows } = await sql<{ name: string }>`
    select w.name from unnest(${[...names]}::text[]) as w (name)
    where exists (select from attribute a where normalize(a.name, NFC) = normalize(w.name, NFC))`.execute(reader);
  return new Set(rows.map((row) => row.name));
}

async function knownGroups(reader: Reader, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const { rows } = await sql<{ name: string }>`
    select w.name from unnest(${[...names]}::text[]) as w (name)
    where exists (select from user_group g where normalize(g.name, NFC) = normalize(w.name, NFC))`.execute(reader);
  return new Set(rows.map((row) => row.name));
}

const roots: readonly string[] = Object.values(tagRoots);

/** A tag is known as well when only tags below it are on anything. */
async function knownTags(reader: Reader, names: readonly string[]): Promise<ReadonlySet<string>> {
  const wanted = names.filter((name) => !roots.includes(name));
  const own = names.filter((name) => roots.includes(name));
  if (wanted.length === 0) return new Set(own);
  const { rows } = await sql<{ name: string }>`
    select distinct w.name from (${allTags(sql`true`)}) t
      join unnest(${wanted}::text[]) as w (name) on t.name = w.name or starts_with(t.name, w.name || '.')`.execute(
    reader,
  );
  return new Set([...own, ...rows.map((row) => row.name)]);
}

/** Connections and people that a draft names and that are not there. */
export async function findUnknownThings(reader: Reader, draft: PolicyDraft): Promise<PolicyProblem[]> {
  const problems: PolicyProblem[] = [];
  const keys = draft.circumstances.flatMap((c, n) =>
    c.type === 'object' ? [{ key: c.connectionKey, path: `circumstances.${n}.connectionKey` }] : [],
  );
  if (keys.length > 0) {
    const { rows } = await sql<{ connection_key: string }>`
      select connection_key from connection where connection_key = any(${keys.map((one) => one.key)}::text[])`.execute(
      reader,
    );
    const known = new Set(rows.map((row) => row.connection_key));
    for (const { key, path } of keys)
      if (!known.has(key)) problems.push({ path, message: `There is no connection "${key}".` });
  }
  if (draft.type === 'subscription' && draft.users !== undefined && draft.users.length > 0) {
    const { rows } = await sql<{ id: string }>`
      select global_user_id as id from app_user where global_user_id = any(${draft.users}::uuid[])`.execute(reader);
    const known = new Set(rows.map((row) => row.id));
    for (const [n, id] of draft.users.entries())
      if (!known.has(id)) problems.push({ path: `users.${n}`, message: 'There is no such person.' });
  }
  return problems;
}
