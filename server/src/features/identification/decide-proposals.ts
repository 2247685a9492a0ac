import type { decideIdentificationProposals as operation } from '@stoa/contract/identification';
import type { NodeRole } from '@stoa/contract/enums';
import type { BodyOf } from '@stoa/contract/operation';
import type { DomainRef } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { requireMaySomewhere, rolesOn } from '../data-object/held-roles.ts';
import { changeTags } from '../tag/change-tags.ts';
import type { LoadedPerson } from '../user/load-people.ts';

type Body = BodyOf<typeof operation>;
type Input = { actor: LoadedPerson; body: Body; call: Pick<Call, 'id' | 'ip'> };
type Open = {
  dataSourceId: number;
  dataObjectId: string;
  ordinal: number;
  tagId: number;
  domains: DomainRef[];
  callerRoles: NodeRole[];
};

/**
 * Takes proposed tags off, or keeps them. What is taken off may come back when the values do: nobody said that it was wrong.
 * What is kept becomes the person's own, and no run proposes it again.
 */
export async function decideProposals(deps: Deps, { actor, body, call }: Input): Promise<number> {
  await requireMaySomewhere(deps.db, actor, 'tag.apply');
  return transact(deps, async (tx, after) => {
    const open = await lockProposals(tx, actor, body.proposals);
    for (const one of open)
      requireMay(actor, 'tag.apply', {
        kind: 'tag-target',
        domains: one.domains,
        callerRoles: one.callerRoles,
        isAbove: false,
      });
    const places = open.map(({ tagId, dataObjectId, ordinal }) => ({ tagId, dataObjectId, columnOrdinal: ordinal }));
    const isKept = body.decision === 'keep';
    const by = { actor: userActor(actor), globalUserId: actor.globalUserId, call };
    await changeTags({ tx, after }, isKept ? { add: places } : { remove: places }, {
      ...by,
      source: isKept ? 'curated' : 'identification',
    });
    await sql`delete from identification_proposal p using jsonb_to_recordset(${JSON.stringify(open)}::jsonb)
        as x ("dataSourceId" int, ordinal int, "tagId" int)
      where p.data_source_id = x."dataSourceId" and p.column_ordinal = x.ordinal and p.tag_id = x."tagId"`.execute(tx);
    after.changed('identification', 'proposal');
    return open.length;
  });
}

async function lockProposals(tx: Tx, actor: LoadedPerson, asked: Body['proposals']): Promise<Open[]> {
  const { rows } = await sql<Open>`
    select p.data_source_id as "dataSourceId", s.data_object_id as "dataObjectId", p.column_ordinal as ordinal, p.tag_id as "tagId",
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name)), '[]')
        from domain_data_source m join domain d on d.id = m.domain_id where m.data_source_id = s.id) as domains,
      ${rolesOn(actor, sql`s.data_object_id`)} as "callerRoles"
    from identification_proposal p join data_source s on s.id = p.data_source_id
      join data_source_column k on k.data_source_id = p.data_source_id and k.ordinal = p.column_ordinal
      join jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as x ("dataSourceId" int, "columnName" text, "tagId" int)
        on x."dataSourceId" = p.data_source_id and x."columnName" = k.name and x."tagId" = p.tag_id
    order by p.data_source_id, p.column_ordinal, p.tag_id for update of p`.execute(tx);
  const keys = new Set(asked.map((one) => `${one.dataSourceId} ${one.tagId} ${one.columnName}`));
  if (rows.length < keys.size) throw new Refusal('identification.proposal_gone');
  return rows;
}
