import { listDataKeys, rotateDataKeys } from '@stoa/contract/data-key';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { describeKeys } from '../../secrets/describe-keys.ts';
import { findRotation, startRotation } from './rotate-keys.ts';

export const dataKeyRoutes: readonly Route[] = [
  route(listDataKeys)(async ({ deps, actor }) => {
    requireMay(actor, 'key.manage', nothing);
    const taskId = await findRotation(deps.db);
    const keys = await describeKeys(deps.db);
    return { status: 200, body: taskId === undefined ? keys : { ...keys, rotation: { taskId } } };
  }),
  route(rotateDataKeys)(async ({ deps, actor, call }) => ({
    status: 202,
    body: await startRotation(deps, { actor, call }),
  })),
];
