import { type FirstStep, type FirstStepName, mostFirstStepCount } from '@stoa/contract/first-step';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { rolesSomewhere } from '../data-object/held-roles.ts';
import type { LoadedPerson } from '../user/load-people.ts';

type Counts = Readonly<Record<FirstStepName, number>> & { isCrawling: boolean; isConnected: boolean };

/** Four eyes: a request of the only person there is would wait for ever. */
const fewestPeople = 2;

/**
 * What there is, and not what was once clicked: a step is open again when what it made is gone. Nobody's names are told, so all steps
 * are shown to whoever may take one of them: who publishes sees that a platform has still to be connected.
 */
export async function listFirstSteps(db: Reader, actor: LoadedPerson): Promise<FirstStep[]> {
  const objects = may(actor, 'data-object.manage', nothing);
  const isAllowed: Readonly<Record<FirstStepName, boolean>> = {
    connection: may(actor, 'connection.manage', nothing).allowed,
    sources: objects.allowed || may(actor, 'data-object.manage', await rolesSomewhere(db, actor)).allowed,
    domain: may(actor, 'domain.manage', nothing).allowed,
    people: may(actor, 'user.manage', nothing).allowed,
    product: may(actor, 'data-product.create', nothing).allowed,
    provider: may(actor, 'settings.manage', nothing).allowed,
  };
  if (!Object.values(isAllowed).includes(true)) return [];
  const counts = await countSteps(db);
  const step = (name: FirstStepName, isDone = counts[name] > 0): FirstStep => ({
    step: name,
    state: isDone ? 'done' : 'open',
    isOptional: name === 'provider',
    count: counts[name],
    isAllowed: isAllowed[name],
  });
  const connection = step('connection');
  const tried = counts.isCrawling ? 'under_way' : counts.isConnected ? 'failing' : 'open';
  return [
    connection.state === 'done' ? connection : { ...connection, state: tried },
    step('sources'),
    step('domain'),
    step('people', counts.people >= fewestPeople),
    step('product'),
    step('provider'),
  ];
}

async function countSteps(db: Reader): Promise<Counts> {
  const upTo = sql`limit ${mostFirstStepCount}`;
  const { rows } = await sql<Counts>`
    select (select count(*)::int from connection c where c.state <> 'deleting'
        and exists (select from crawl r where r.connection_id = c.id and r.status = 'SUCCEEDED')) as connection,
      exists (select from crawl where status = 'RUNNING') as "isCrawling",
      exists (select from connection where state <> 'deleting') as "isConnected",
      (select count(*)::int from (select from data_source where enabled ${upTo}) s) as sources,
      (select count(*)::int from (select from domain d
        where exists (select from domain_data_source s where s.domain_id = d.id) ${upTo}) d) as domain,
      (select count(distinct u.person_id)::int from (
        select person_id from app_user where status = 'active' and kind = 'human' ${upTo}) u) as people,
      (select count(*)::int from (select from data_product where deleted_at is null and not suspended ${upTo}) p) as product,
      (select count(*)::int from identity_provider where is_enabled) as provider`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('the first steps could not be counted');
  return row;
}
