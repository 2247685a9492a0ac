import { getTask } from '@stoa/contract/task';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { type Route, route } from '../../http/route.ts';
import { findTask } from './queries.ts';

export const taskRoutes: readonly Route[] = [
  route(getTask)(async ({ deps, actor, params }) => {
    const task = await findTask(deps.db, params.taskId);
    // Work is watched by who started it, by those who run platforms, and by whoever may start the same; to others it is not there.
    const isReader =
      task?.createdBy === actor.globalUserId ||
      (task?.view.kind === 'audit-verification' && may(actor, 'audit.verify', nothing).allowed) ||
      actor.permissions.some((p) => p === 'APPLICATION_ADMIN' || p === 'GOVERNANCE');
    if (!task || !isReader) throw notFound('task');
    return { status: 200, body: task.view };
  }),
];
