import type { Deps } from '../deps.ts';
import type { JobHandlers } from './jobs.ts';
import { runCrawl } from '../provisioning/crawl.ts';
import { applyObjectState } from '../features/data-object/apply-object-state.ts';
import { verifyIdentities } from '../features/identity/verify-identities.ts';
import { runRotation } from '../features/data-key/rotate-keys.ts';
import { runIdentification } from '../features/identification/run.ts';
import { verifyAudit } from '../features/audit/verify-audit.ts';
import { runVerification } from '../features/verification/run.ts';
import { removeConnection } from '../features/connection/remove-connection.ts';

export const createJobHandlers = (deps: Deps): JobHandlers => ({
  crawl: ({ taskId }) => runCrawl(deps, taskId),
  'apply-object-state': ({ taskId }) => applyObjectState(deps, taskId),
  identify: ({ runId }) => runIdentification(deps, runId),
  'rotate-keys': ({ taskId }) => runRotation(deps, taskId),
  verify: ({ runId }) => runVerification(deps, runId),
  'verify-identities': ({ taskId }) => verifyIdentities(deps, taskId),
  'verify-audit': ({ taskId }) => verifyAudit(deps, taskId),
  'delete-connection': ({ taskId }) => removeConnection(deps, taskId),
});
