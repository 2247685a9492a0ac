import type { IdentifierSet, setIdentifierSet as operation } from '@stoa/contract/identifier';
import type { BodyOf } from '@stoa/contract/operation';
import { unusableTag } from '@stoa/core/identification/check-identifier';
import { abilitiesOnIdentifier } from '@stoa/core/permissions/abilities-identification';
import type { IdentifierObject } from '@stoa/core/permissions/objects';
import { canonicalTagName } from '@stoa/core/tags/tag-path';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import type { Reader } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type DomainChange, domainEntry, lockDomain } from '../domain/lock-domain.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadOwn, type StoredIdentifier, storedBuiltIns } from './load-identifiers.ts';

type Entry = { identifierId: number; isEnabled: boolean; tags: string[] | null };
const setOf = (domain: { id: string; name: string }): IdentifierObject => ({
  kind: 'identifier',
  domain,
  isBuiltIn: false,
});

const identifiersOf = async (db: Reader, domainId: string): Promise<StoredIdentifier[]> => [
  ...(await loadOwn(db, sql`i.domain_id is null or i.domain_id = ${domainId}`)),
  ...storedBuiltIns,
];

/** All identifiers that bear on a domain, with what it says of each. */
export async function readIdentifierSet(db: Reader, actor: LoadedPerson, domainId: string): Promise<IdentifierSet> {
  const { rows } = await sql<{ id: string; name: string }>`select id, name from domain where id = ${domainId}`.execute(
    db,
  );
  const [domain] = rows;
  if (domain === undefined) throw notFound('domain');
  const said = await readEntries(db, domainId);
  const entries = (await identifiersOf(db, domainId)).map((one) => {
    const entry = said.find((other) => other.identifierId === one.id);
    return {
      identifierId: one.id,
      name: one.name,
      isBuiltIn: one.isBuiltIn,
      isEnabled: entry?.isEnabled ?? true,
      tags: entry?.tags ?? null,
      ownTags: [...one.tags],
    };
  });
  return { domainId, entries, abilities: abilitiesOnIdentifier(actor, setOf(domain)) };
}

async function readEntries(db: Reader, domainId: string): Promise<Entry[]> {
  const { rows } = await sql<Entry>`
    select identifier_id as "identifierId", is_enabled as "isEnabled", tags from identifier_set_entry
    where domain_id = ${domainId} order by 1`.execute(db);
  return rows;
}

/** Replaces what a domain says. What says nothing new is not kept. */
export async function setIdentifierSet(
  deps: Deps,
  { actor, id, body, call }: DomainChange<BodyOf<typeof operation>>,
): Promise<void> {
  await transact(deps, async (tx, after) => {
    const domain = await lockDomain(tx, id);
    requireMay(actor, 'identifier.manage', setOf(domain));
    const known = new Set((await identifiersOf(tx, id)).map((one) => one.id));
    const unknown = body.entries.map((entry) => entry.identifierId).filter((one) => !known.has(one));
    if (unknown.length > 0) {
      throw new Refusal('identifier.unknown', {
        detail: `There is no identifier ${unknown.slice(0, 10).join(', ')} here.`,
      });
    }
    const tag = unusableTag(body.entries.flatMap((entry) => entry.tags ?? []));
    if (tag !== null) throw new Refusal('identifier.tag_protected', { detail: `“${tag}” cannot be put.` });
    const before = await readEntries(tx, id);
    const byId = new Map(body.entries.map((entry) => [entry.identifierId, entry]));
    const next = [...byId.values()]
      .filter((entry) => !entry.isEnabled || entry.tags !== null)
      .map((entry) => ({ ...entry, tags: entry.tags?.map(canonicalTagName) ?? null }));
    await sql`delete from identifier_set_entry where domain_id = ${id}`.execute(tx);
    await sql`insert into identifier_set_entry (domain_id, identifier_id, is_enabled, tags)
      select ${id}, x."identifierId", x."isEnabled", x.tags
      from jsonb_to_recordset(${JSON.stringify(next)}::jsonb) as x ("identifierId" int, "isEnabled" boolean, tags text[])`.execute(
      tx,
    );
    await appendAudit(tx, {
      ...domainEntry({ actor, call }, domain),
      action: 'IdentifierSetUpdated',
      payload: { before, after: next },
    });
    after.changed('domain', id);
  });
}
