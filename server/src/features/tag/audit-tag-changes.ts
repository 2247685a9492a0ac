import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { Emission } from '../../work/emission.ts';
import type { ChangedPlace, TagChanger } from './change-tags.ts';

const targetsAtOnce = 1_000;

type Changes = {
  readonly added: readonly ChangedPlace[];
  readonly removed: readonly ChangedPlace[];
  readonly raised: readonly Emission[];
};

/** One row per tag and direction, or several where it lands on more than a thousand things: the trail stays readable. */
export async function auditTagChanges(tx: Tx, { added, removed, raised }: Changes, by: TagChanger): Promise<void> {
  const domainsOf = await loadDomains(tx, [...added, ...removed]);
  const entries = [
    ...entriesOf('TagRemoved', removed, { by, domainsOf }),
    ...entriesOf('TagApplied', added, { by, domainsOf }),
  ];
  // What is told of products rides with the last row, which is of an addition where there is one.
  const last = entries.pop();
  if (last !== undefined) await appendAudit(tx, [...entries, { ...last, emits: raised }]);
}

type About = { by: TagChanger; domainsOf: ReadonlyMap<number, readonly string[]> };

function entriesOf(action: string, places: readonly ChangedPlace[], { by, domainsOf }: About): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const tagId of new Set(places.map((place) => place.tagId))) {
    const ofTag = places.filter((place) => place.tagId === tagId);
    for (let from = 0; from < ofTag.length; from += targetsAtOnce) {
      const part = ofTag.slice(from, from + targetsAtOnce);
      const domainIds = new Set(part.flatMap((place) => domainsOf.get(place.dataSourceId ?? 0) ?? []));
      entries.push({
        action,
        actor: by.actor,
        actorIp: by.call?.ip,
        targetType: 'TAG',
        targets: part.map(targetOf),
        relatedResources: [{ id: String(tagId), name: part[0]?.tag ?? '', type: 'TAG' }],
        payload: { tag: part[0]?.tag, source: by.source },
        domainIds: [...domainIds],
        requestId: by.call?.id,
      });
    }
  }
  return entries;
}

function targetOf(place: ChangedPlace): AuditEntry['targets'][number] {
  const path = place.path.join('.');
  if (place.dataSourceId === null) return { id: place.dataObjectId, name: path, type: 'DATA_OBJECT' };
  const id = String(place.dataSourceId);
  return place.columnName === null
    ? { id, name: path, type: 'DATA_SOURCE' }
    : { id, name: `${path}.${place.columnName}`, type: 'COLUMN' };
}

async function loadDomains(tx: Tx, places: readonly ChangedPlace[]): Promise<Map<number, string[]>> {
  const ids = [...new Set(places.flatMap((place) => place.dataSourceId ?? []))];
  const { rows } = await sql<{ id: number; domains: string[] }>`
    select data_source_id as id, array_agg(domain_id::text) as domains from domain_data_source
    where data_source_id = any(${ids}::int[]) group by 1`.execute(tx);
  return new Map(rows.map((row) => [row.id, row.domains]));
}
