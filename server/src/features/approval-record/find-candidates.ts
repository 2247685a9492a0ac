import { uuid } from '@stoa/contract/text';
import type { ReviewerSource } from '@stoa/core/review/flow';
import { sourceKey } from '@stoa/core/review/slot-key';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { type LoadedPerson, loadPeople } from '../user/load-people.ts';

/** Of each source; more than any page shows, and enough that four eyes cannot keep all of them out. */
const mostOfSource = 100;

export type Candidates = {
  /** By name; each is to be judged by `criteriaMet`. */
  readonly people: LoadedPerson[];
  /** How many could decide a slot of these sources when `fit` of those loaded can: the others are taken to fit. */
  readonly countFit: (sources: readonly ReviewerSource[], fit: number) => number;
};

/** Active people behind each source, so many of each at most. A permission without a domain of its own is asked for in all of `domainIds`. */
export async function findCandidates(
  db: Reader,
  sources: readonly ReviewerSource[],
  domainIds: readonly string[],
  most = mostOfSource,
): Promise<Candidates> {
  const distinct = [...new Map(sources.map((source) => [sourceKey(source), source])).values()];
  if (distinct.length === 0) return { people: [], countFit: () => 0 };
  const rows = await peopleBehind(db, columnsOfAll(distinct, domainIds), most);
  const loaded = await loadPeople(
    db,
    rows.map((row) => row.global_user_id),
  );
  const ids = [...new Set(rows.map((row) => row.global_user_id))];
  const people = ids
    .flatMap((id) => loaded.get(id) ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.globalUserId < b.globalUserId ? -1 : 1));
  return { people, countFit: (asked, fit) => fit + countUnloaded(rows, placesOf(distinct, asked)) };
}

const placesOf = (distinct: readonly ReviewerSource[], asked: readonly ReviewerSource[]): number[] => {
  const keys = new Set(asked.map(sourceKey));
  return distinct.flatMap((source, place) => (keys.has(sourceKey(source)) ? [place] : []));
};

type Row = { place: number; global_user_id: string; total: number };

/** None where all were loaded; else what the largest source adds, which the others may only add to. */
function countUnloaded(rows: readonly Row[], places: readonly number[]): number {
  const own = rows.filter((row) => places.includes(row.place));
  const loaded = new Set(own.map((row) => row.global_user_id)).size;
  return Math.max(0, ...own.map((row) => row.total - loaded));
}

const columnsOfAll = (sources: readonly ReviewerSource[], domainIds: readonly string[]) =>
  sources.map((source, place) => ({ place, ...columnsOf(source, domainIds) }));

async function peopleBehind(db: Reader, asked: ReturnType<typeof columnsOfAll>, mostOfEach: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    with asked as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
        as s(place int, kind text, id text, name text, value text, domain_ids uuid[])
    ), found as (
      select s.place, u.global_user_id from asked s join app_user u on u.global_user_id::text = s.id or u.id::text = s.id
        where s.kind = 'USER'
      union select s.place, m.global_user_id from asked s
        join user_group g on case when s.id is null then g.name = s.name else g.id::text = s.id end
        join group_member m on m.group_id = g.id where s.kind = 'GROUP'
      union select s.place, p.global_user_id from asked s join global_permission p on p.permission = s.name
        where s.kind = 'PERMISSION'
      union select s.place, coalesce(d.user_id, m.global_user_id) from asked s
        join domain_permission d on d.permission = s.name and d.domain_id = any(s.domain_ids)
        left join group_member m on m.group_id = d.group_id where s.kind = 'DOMAIN PERMISSION'
        group by s.place, s.domain_ids, coalesce(d.user_id, m.global_user_id)
        having count(distinct d.domain_id) = cardinality(s.domain_ids)
      union select s.place, u.global_user_id from asked s join attribute a on a.name = s.name and a.value = s.value
        left join group_member m on a.principal_type = 'group' and m.group_id::text = a.principal_id
        join app_user u on u.global_user_id::text = coalesce(m.global_user_id::text, a.principal_id)
        where s.kind = 'ATTRIBUTE' and (a.principal_type = 'user' or m.global_user_id is not null)
    ), ranked as (
      select f.place, f.global_user_id, count(*) over (partition by f.place) as total,
        row_number() over (partition by f.place order by u.name, u.global_user_id) as rank
      from found f join app_user u on u.global_user_id = f.global_user_id where u.status = 'active'
    )
    select place, global_user_id, total::int as total from ranked where rank <= ${mostOfEach}
    order by place, rank`.execute(db);
  return rows;
}

type Columns = { kind: string; id: string | null; name: string; value: string; domain_ids: readonly string[] };

/** On the wire the id of a domain is any text; one of another form is that of no domain. */
const domainNamed = (id: string): string => (uuid.safeParse(id).success ? id : '00000000-0000-0000-0000-000000000000');

function columnsOf(source: ReviewerSource, domainIds: readonly string[]): Columns {
  const none: Columns = { kind: source.type, id: null, name: '', value: '', domain_ids: [] };
  switch (source.type) {
    case 'USER':
      return { ...none, id: source.id };
    case 'GROUP':
      return { ...none, id: source.id === undefined ? null : String(source.id), name: source.name };
    case 'PERMISSION':
      return { ...none, name: source.permission };
    case 'DOMAIN PERMISSION':
      return {
        ...none,
        name: source.permission,
        // Duplicates would make the count of domains unreachable.
        domain_ids: [...new Set(source.domainId === undefined ? domainIds : [domainNamed(source.domainId)])],
      };
    case 'ATTRIBUTE':
      return { ...none, name: source.key, value: source.value };
    case 'CATALOG PERMISSION':
      return none;
  }
}
