import type { ChangeTagsBody, TagChange } from '@stoa/contract/tag';
import { hasInAllDomains } from '@stoa/core/person';
import { sql } from 'kysely';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { rehearse } from '../../db/rehearse.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';
import { readSwitches } from '../../settings-store.ts';
import { requireMaySomewhere } from '../data-object/held-roles.ts';
import type { DomainMove } from '../domain/recompute-domains.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type ChangedPlace, changeTags, lockTags, type TagOutcome } from './change-tags.ts';
import { loadTagTargets, type TagTarget } from './load-targets.ts';

type Input = { actor: LoadedPerson; body: ChangeTagsBody; dryRun: boolean; call: Pick<Call, 'id' | 'ip'> };

const shownChanges = 100;

/** Puts tags on things by hand and takes others off. A dry run does the same and takes it back. */
export async function applyTags(deps: Deps, input: Input): Promise<TagChange> {
  await requireMaySomewhere(deps.db, input.actor, 'tag.apply');
  const { showDataProductsToConsumers } = await readSwitches(deps.db);
  const work = (tx: Tx, after: AfterCommit) => change({ tx, after }, input, showDataProductsToConsumers);
  return input.dryRun ? rehearse(deps, work) : transact(deps, work);
}

async function change(
  scope: { tx: Tx; after: AfterCommit },
  { actor, body, dryRun, call }: Input,
  areProductsShown: boolean,
): Promise<TagChange> {
  const { tx } = scope;
  await lockTags(tx);
  const targets = await loadTagTargets(tx, { actor, areProductsShown }, body.targets);
  for (const target of targets) requireMay(actor, 'tag.apply', target.object);
  await requireTags(tx, [...body.add, ...body.remove]);
  await requireOwn(tx, targets, body.remove);
  const places = (ids: readonly number[]) =>
    [...new Set(ids)].flatMap((tagId) =>
      targets.map(({ dataObjectId, columnOrdinal }) => ({ tagId, dataObjectId, columnOrdinal })),
    );
  const wanted = { add: places(body.add), remove: places(body.remove.filter((id) => !body.add.includes(id))) };
  const by = { source: 'curated', actor: userActor(actor), globalUserId: actor.globalUserId, call } as const;
  const outcome = await changeTags(scope, wanted, by);
  requireMoves(actor, outcome.moves);
  return present(outcome, { dryRun, targetCount: targets.length, asked: wanted.add.length + wanted.remove.length });
}

/** Whoever manages tags in one domain does not fill or empty another by it. */
function requireMoves(actor: LoadedPerson, moves: readonly DomainMove[]): void {
  if (actor.permissions.includes('GOVERNANCE')) return;
  const foreign = moves.filter((move) => !hasInAllDomains(actor, 'Manage Tags', [move.domainId]));
  if (foreign.length === 0) return;
  const names = foreign.map((move) => `“${move.name}”`).join(', ');
  throw new Refusal('tag.moves_domain', {
    detail: `It moves data sources into or out of ${names}, where you do not manage tags. Nothing was changed.`,
    extra: { domains: foreign.map((move) => ({ id: move.domainId, name: move.name })) },
  });
}

/** The tags stay while they are put on something. */
async function requireTags(tx: Tx, ids: readonly number[]): Promise<void> {
  const wanted = [...new Set(ids)];
  const { rows } = await sql<{ id: number }>`select id from tag where id = any(${wanted}::int[]) for key share`.execute(
    tx,
  );
  const known = new Set(rows.map((row) => row.id));
  const unknown = wanted.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  const { rows: derived } = await sql<{ id: number }>`
    select tag_id as id from connection where tag_id = any(${unknown}::int[])
    union all select tag_id from data_object where tag_id = any(${unknown}::int[]) and object_type in ('database', 'schema')
    union all select tag_id from data_product where tag_id = any(${unknown}::int[])`.execute(tx);
  if (derived.length > 0) throw new Refusal('tag.protected');
  throw new Refusal('tag.unknown', {
    detail: `There is no tag ${unknown.slice(0, 10).join(', ')}.`,
    extra: { tagIds: unknown },
  });
}

/** What comes from above cannot be taken off below. */
async function requireOwn(tx: Tx, targets: readonly TagTarget[], remove: readonly number[]): Promise<void> {
  const objects = targets.filter((target) => target.columnOrdinal === null).map((target) => target.dataObjectId);
  if (objects.length === 0 || remove.length === 0) return;
  const { rows } = await sql<{ tag: string; path: string[]; from: string[]; objectId: string }>`
    select t.name as tag, o.object_path as path, n.object_path as from, n.id as "objectId"
    from data_object o cross join lateral (${assetsOver(sql`o.id`)}) up
      join tag_application a on a.data_object_id = up.id and a.column_ordinal is null and not a.disabled
      join tag t on t.id = a.tag_id join data_object n on n.id = up.id
    where o.id = any(${objects}::uuid[]) and up.id <> o.id and t.id = any(${[...remove]}::int[])
      and not exists (select from tag_application own where own.data_object_id = o.id and own.column_ordinal is null
        and own.tag_id = t.id and not own.disabled)
    order by o.object_path limit 1`.execute(tx);
  const found = rows[0];
  if (found === undefined) return;
  throw new Refusal('tag.inherited', {
    detail: `“${found.tag}” is on ${found.from.join('.')}; ${found.path.join('.')} has it from there.`,
    extra: { dataObjectId: found.objectId },
  });
}

function present(outcome: TagOutcome, about: { dryRun: boolean; targetCount: number; asked: number }): TagChange {
  const { added, removed, moves } = outcome;
  return {
    dryRun: about.dryRun,
    targetCount: about.targetCount,
    added: added.length,
    removed: removed.length,
    unchanged: about.asked - added.length - removed.length,
    changes: [
      ...added.map((place) => presentPlace('added', place)),
      ...removed.map((place) => presentPlace('removed', place)),
    ].slice(0, shownChanges),
    domains: moves.map((move) => ({
      id: move.domainId,
      name: move.name,
      joined: move.added.length,
      left: move.removed.length,
    })),
  };
}

const presentPlace = (change: 'added' | 'removed', place: ChangedPlace): TagChange['changes'][number] => ({
  change,
  tag: { id: place.tagId, name: place.tag },
  dataObjectId: place.dataObjectId,
  dataSourceId: place.dataSourceId,
  objectPath: place.path,
  columnName: place.columnName,
});
