import { createPolicy, type PolicyDraftIn } from '@stoa/contract/policy-resource';
import { type SimulatedChangeIn, simulate } from '@stoa/contract/simulation';
import { median, sample, timed } from '../measure.ts';
import type { Figure } from '../report.ts';
import type { World } from '../world.ts';

const times = 5;
const budget = { kind: 'most' as const, value: 2_000 };

type Previewed = {
  readonly policy: PolicyDraftIn;
  readonly group: string;
  readonly domainId: string;
  readonly users: number;
  readonly tables: number;
};

/** The same decision in one statement written for it: who of the group would come to read how many sources of the domain. */
async function byHand({ db }: World, { group, domainId, users, tables }: Previewed): Promise<number> {
  return timed(async () => {
    const { rows } = await db.query<{ sources: number }>(
      `select m.global_user_id, count(*)::int as sources
       from group_member m join user_group g on g.id = m.group_id and g.name = $1 join app_user u using (global_user_id)
         cross join domain_data_source d
       where d.domain_id = $2 and u.status = 'active' group by 1`,
      [group, domainId],
    );
    if (rows.length !== users || rows.some((row) => row.sources !== tables))
      throw new Error(`by hand ${rows.length} people gain, not ${users}`);
  });
}

/** What a policy would do, before it is in force: as a draft that is counted while it is written, and as the call that will make it. */
export async function measurePreview(world: World, previewed: Previewed): Promise<Figure[]> {
  const { policy, users, tables } = previewed;
  const ask = async (change: SimulatedChangeIn) => {
    const { status, body } = await world.governor.call(simulate, { body: { changes: [change] } });
    if (status !== 200 || body.gaining.count !== users || body.sourceCount !== tables)
      throw new Error(`the preview says ${body.gaining?.count} people and ${body.sourceCount} sources: ${status}`);
  };
  const floor = median(await sample(times, () => byHand(world, previewed)));
  const draft = median(await sample(times, () => ask({ change: 'policy', policy })));
  const call = { change: 'call' as const, operation: createPolicy.id, body: { policy, state: 'active' } };
  const tried = median(await sample(times, () => ask(call)));
  const what = `${users} users, ${tables} sources: preview of a grant`;
  return [
    {
      id: '-',
      what: `${what} as a draft, median of ${times}`,
      unit: 'ms',
      floor,
      stoa: draft,
      budget,
      note: 'floor: one statement written for this very policy',
    },
    { id: '-', what: `${what} made and taken back, median of ${times}`, unit: 'ms', floor, stoa: tried, budget },
  ];
}
