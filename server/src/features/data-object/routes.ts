import * as objects from '@stoa/contract/data-object';
import type { DataObject } from '@stoa/contract/data-object';
import * as roles from '@stoa/contract/data-object-role';
import { abilitiesOnDataObject } from '@stoa/core/permissions/abilities';
import type { Actor } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { presentAbilities } from '../data-product/present-abilities.ts';
import { requireMaySomewhere } from './held-roles.ts';
import { showRoles } from './list-roles.ts';
import { loadNodeObject } from './node-object.ts';
import { type DataObjectRow, listObjects, presentObject, readObject } from './queries.ts';
import { releaseObject } from './release-object.ts';
import { setRoles } from './set-roles.ts';
import { syncObject } from './sync-object.ts';
import { updateObject } from './update-object.ts';

export const dataObjectRoutes: readonly Route[] = [
  route(objects.listDataObjects)(async ({ deps, actor, query }) => {
    await requireMaySomewhere(deps.db, actor, 'data-object.read');
    const { rows, nextToken } = await listObjects(deps.db, actor, query);
    const data = rows.map((row) => present(actor, row));
    return { status: 200, body: { data, meta: { nextToken, limit: query.limit } } };
  }),
  route(objects.readDataObject)(async ({ deps, actor, params }) => {
    await requireMaySomewhere(deps.db, actor, 'data-object.read');
    const row = await readObject(deps.db, actor, params.id);
    if (!row) throw notFound('data object');
    requireMay(actor, 'data-object.read', await loadNodeObject(deps.db, actor, params.id));
    return { status: 200, body: present(actor, row) };
  }),
  route(objects.updateDataObject)(async ({ deps, actor, params, body, call }) => {
    const { taskId, row } = await updateObject(deps, { actor, body, call, ...params });
    return { status: 202, body: { taskId, dataObject: present(actor, row) } };
  }),
  route(objects.syncDataObject)(async ({ deps, actor, params }) => ({
    status: 202,
    body: await syncObject(deps, { actor, ...params }),
  })),
  route(objects.releaseDataObject)(async ({ deps, actor, params, call }) => ({
    status: 200,
    body: present(actor, await releaseObject(deps, { actor, call, ...params })),
  })),
  route(roles.listDataObjectRoles)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await showRoles(deps.db, actor, params.id),
  })),
  route(roles.setDataObjectRoles)(async ({ deps, actor, params, body, call }) => {
    await setRoles(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showRoles(deps.db, actor, params.id) };
  }),
];

const present = (actor: Actor, row: DataObjectRow): DataObject => ({
  ...presentObject(row),
  abilities: presentAbilities(
    abilitiesOnDataObject(
      actor,
      { kind: 'data-object', callerRoles: row.caller_roles, isAboveOwn: false },
      { isHeld: row.hold !== null },
    ),
  ),
});
