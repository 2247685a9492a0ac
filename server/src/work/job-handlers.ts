import type { Deps } from '../deps.ts';
import type { JobHandlers } from './jobs.ts';
import { runCrawl } from '../provisioning/crawl.ts';
import { applyObjectState } from '../features/data-object/apply-object-state.ts';
import { verifyIdentities } from '../features/identity/verify-identities.ts';
import { runIdentification } from '../features/identification/run.ts';
import { removeConnection } from '../features/connection/remove-connection.ts';

export const createJobHandlers = (deps: Deps): JobHandlers => ({
  crawl: ({ taskId }) => runCrawl(deps, taskId),
  'apply-object-state': ({ taskId }) => applyObjectState(deps, taskId),
  identify: ({ runId }) => runIdentification(deps, runId),
  'verify-identities': ({ taskId }) => verifyIdentities(deps, taskId),
  'delete-connection': ({ taskId }) => removeConnection(deps, taskId),
});
