import { personFacts, type PersonRow, type SourceRow, sourceFacts } from '@stoa/core/condition/facts';
import { parseCondition } from '@stoa/core/condition/parse';
import type { Exemption, Reader as MaskReader } from '@stoa/core/masking/entitlements';
import type { Formula } from '@stoa/core/masking/formula';
import type { ReaderFacts, UserField } from '@stoa/core/masking/predicate';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { personFactsJson } from './person-facts.ts';

/** `all`, or the people of some keys. */
export type ReaderScope = 'all' | readonly string[];

/** An approved exception whose agreements are accepted, or one that ended and may still stand, with the keys of its columns on one connection. */
export type ExceptionFact = {
  readonly requestId: string;
  readonly globalUserId: string;
  readonly holds: boolean;
  readonly notAfter: number | null;
  /** Of its columns here, those that have a key; once it is over, also those that have lost their mask: nothing of it may stand. */
  readonly columnKeys: readonly number[];
  /** Of its columns here, how many no mask is on any more, or none that can be lifted. */
  readonly unmasked: number;
  readonly previous: string | null;
};

export type ReaderWorld = {
  readonly now: number;
  /** Logins of the people asked about, also of those who are disabled or not to be reached. */
  readonly principals: readonly string[];
  readonly readers: readonly (MaskReader & { readonly globalUserId: string; readonly externalName: string })[];
  readonly exceptions: readonly ExceptionFact[];
  readonly formulas: readonly (Formula & { readonly id: number })[];
  readonly needed: ReaderFacts;
};

type Row = {
  now: number;
  principals: string[] | null;
  readers: { principalId: string; externalName: string; facts: PersonRow }[] | null;
  exceptions: ExceptionFact[] | null;
  need: {
    formulas: { id: number; condition: string; source: SourceRow | null }[];
    attributes: string[];
    groups: boolean;
    fields: UserField[];
  } | null;
};

const asTheyStand = { status: sql`r.status`, family: sql`x.family` };

/** The columns of what waits are those of this moment, as they are kept when it is approved. */
function asIf(requestId: string): typeof asTheyStand {
  const waits = sql`r.status = 'PENDING' and r.id = ${requestId}`;
  return {
    status: sql`(case when ${waits} then 'APPROVED' else r.status end)`,
    family: sql`(case when ${waits} then c.type_family else x.family end)`,
  };
}

/**
 * Everything that decides what a platform has to know about readers: of everybody with a login there, or of some people.
 * @param asIfApproved a masking exception that waits, as if it were approved now, for ever
 */
export async function loadReaders(
  db: Reader,
  connectionId: string,
  scope: ReaderScope,
  asIfApproved?: string,
): Promise<ReaderWorld> {
  const { status, family } = asIfApproved === undefined ? asTheyStand : asIf(asIfApproved);
  const isAsked = (column: RawBuilder<unknown>): RawBuilder<boolean> =>
    scope === 'all' ? sql<boolean>`true` : sql<boolean>`${column} = any(${[...scope]}::uuid[])`;
  const { rows } = await sql<Row>`
    select (extract(epoch from now()) * 1000)::float8 as now,
      (select json_agg(i.platform_principal_id) from platform_identity i where i.connection_id = ${connectionId}
        and i.platform_principal_id is not null and ${scope === 'all' ? sql`false` : isAsked(sql`i.global_user_id`)}) as principals,
      (select json_agg(json_build_object('principalId', i.platform_principal_id, 'externalName', i.external_name, 'facts', ${personFactsJson}))
        from platform_identity i join app_user u on u.global_user_id = i.global_user_id
        where i.connection_id = ${connectionId} and i.state in ('mapped', 'fallback') and i.platform_principal_id is not null
          and u.status = 'active' and ${isAsked(sql`u.global_user_id`)}) as readers,
      (select json_agg(x) from (
        select r.id as "requestId", r.beneficiary as "globalUserId", ${status} = 'APPROVED' and (r.expiration is null or r.expiration > now()) as holds,
          (extract(epoch from r.expiration) * 1000)::float8 as "notAfter", e.state as previous,
          coalesce(json_agg(k.id) filter (where k.id is not null and (m.is_liftable or ${status} <> 'APPROVED')), '[]') as "columnKeys",
          (count(*) filter (where not coalesce(m.is_liftable, false) or k.id is null))::int as unmasked
        from access_request r
          cross join jsonb_to_recordset(r.metadata -> 'columns') as a ("sourceId" text, "columnName" text)
          join data_source s on s.id::text = a."sourceId" and s.connection_id = ${connectionId}
          left join data_source_column c on c.data_source_id = s.id and c.name = a."columnName"
          left join column_mask m on m.data_source_id = s.id and m.ordinal = c.ordinal
          left join exception_column x on x.access_request_id = r.id and x.data_source_id = s.id and x.column_name = a."columnName"
          left join masked_column k on k.data_source_id = s.id and k.ordinal = coalesce(c.ordinal, x.ordinal) and k.family = ${family}
            and (${status} <> 'APPROVED' or (x.ended_at is null and k.family = c.type_family))
          left join exemption_status e on e.access_request_id = r.id and e.connection_id = ${connectionId}
        where r.type = 'MASKING_EXCEPTION' and ${status} in ('APPROVED', 'REVOKED', 'EXPIRED') and ${isAsked(sql`r.beneficiary`)}
          and (${status} = 'APPROVED' or coalesce(e.state, 'ACTIVE') <> 'REMOVED') and not (r.status = 'APPROVED' and r.awaits_acceptance)
        group by r.id, e.state) x) as exceptions,
      (select json_build_object('attributes', n.attributes, 'groups', n.groups, 'fields', n.fields, 'formulas', (
          select coalesce(json_agg(json_build_object('id', f.id, 'condition', f.condition, 'source',
            case when s.id is not null then json_build_object('dataSourceId', s.id, 'connectionKey', c.connection_key, 'hostname', c.config ->> 'host',
              'objectPath', o.object_path, 'tags', '[]'::json, 'columns', '[]'::json) end)), '[]')
          from jsonb_to_recordset(n.formulas) as f (id int, condition text, "dataSourceId" int)
            left join data_source s on s.id = f."dataSourceId" left join data_object o on o.id = s.data_object_id
            left join connection c on c.id = s.connection_id))
        from reader_need n where n.connection_id = ${connectionId}) as need`.execute(db);
  const row = rows[0];
  return {
    now: row?.now ?? 0,
    principals: row?.principals ?? [],
    readers: (row?.readers ?? []).map(({ principalId, externalName, facts }) => ({
      principalId,
      externalName,
      globalUserId: facts.globalUserId,
      person: personFacts(facts),
      raw: facts,
    })),
    exceptions: row?.exceptions ?? [],
    formulas: (row?.need?.formulas ?? []).flatMap(({ id, condition: text, source }) => {
      const parsed = parseCondition(text, { functions: 'user' });
      // Printed by us from a condition that was read: another version of the language may refuse it, and then it means nobody.
      return parsed.ok
        ? [{ id, text, condition: parsed.condition, source: source === null ? null : sourceFacts(source) }]
        : [];
    }),
    needed: {
      attributes: new Set(row?.need?.attributes ?? []),
      groups: row?.need?.groups ?? false,
      fields: new Set(row?.need?.fields ?? []),
    },
  };
}

/** The exemptions of the exceptions that hold, of people whose login is known. */
export function exemptionsOf({ exceptions, readers }: ReaderWorld): Exemption[] {
  const principals = new Map(readers.map((reader) => [reader.globalUserId, reader.principalId]));
  return exceptions.flatMap(({ holds, globalUserId, columnKeys, notAfter }) => {
    const principalId = principals.get(globalUserId);
    return holds && principalId !== undefined
      ? columnKeys.map((columnKey) => ({ principalId, columnKey, notAfter }))
      : [];
  });
}
