import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'stoa_' });

const callSeconds = new Histogram({
  name: 'stoa_http_request_duration_seconds',
  help: 'Time from the first byte of a call to the end of its answer.',
  labelNames: ['operation', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers: [registry],
});

export const turnedAwayCalls = new Counter({
  name: 'stoa_http_turned_away_total',
  help: 'Calls that were not begun, because as many as the limit were being answered.',
  registers: [registry],
});

export const grantSeconds = new Histogram({
  name: 'stoa_decision_to_verified_seconds',
  help: 'Time from a determination to the read-back that proved it on the platform.',
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
  registers: [registry],
});

export const policyViolations = new Counter({
  name: 'stoa_csp_reports_total',
  help: 'Parts of pages that browsers refused, as they reported.',
  labelNames: ['directive'],
  registers: [registry],
});

export const nativeStatements = new Counter({
  name: 'stoa_native_statements_total',
  help: 'Statements run on data platforms.',
  labelNames: ['connection', 'result'],
  registers: [registry],
});

export const waitingKeys = new Gauge({
  name: 'stoa_provisioning_keys_waiting',
  help: 'Keys that wait for the reconciler.',
  labelNames: ['connection'],
  registers: [registry],
});

export const unsealedSeconds = new Gauge({
  name: 'stoa_audit_unsealed_seconds',
  help: 'How long the oldest event of the audit trail waits for its seal; 0: none waits.',
  registers: [registry],
});

export const checkpointAge = new Gauge({
  name: 'stoa_audit_checkpoint_age_seconds',
  help: 'Time since the last checkpoint of the audit chain was signed.',
  registers: [registry],
});

export const exportLag = new Gauge({
  name: 'stoa_audit_export_lag_seconds',
  help: 'How long the oldest checkpoint waits to be exported; the file of each host for itself.',
  labelNames: ['sink', 'host'],
  registers: [registry],
});

export const clockSkew = new Gauge({
  name: 'stoa_clock_skew_seconds',
  help: "How far this host's clock is ahead of the application database's; what ends, ends by the database's.",
  registers: [registry],
});

export const requestsTold = new Counter({
  name: 'stoa_requests_total',
  help: 'Requests for access, by what became of them; counted by the replica that told of it.',
  labelNames: ['type', 'status'],
  registers: [registry],
});

export const activeGrants = new Gauge({
  name: 'stoa_grants_active',
  help: 'Memberships that are proved to stand on platforms.',
  labelNames: ['technology'],
  registers: [registry],
});

export const failedMemberships = new Gauge({
  name: 'stoa_memberships_failed',
  help: 'Memberships that could not be given or taken; each is tried again.',
  labelNames: ['connection', 'state'],
  registers: [registry],
});

export const oldestRemoving = new Gauge({
  name: 'stoa_removing_oldest_seconds',
  help: 'Since when access that has ended waits to be taken on the platform; 0: none waits.',
  labelNames: ['connection'],
  registers: [registry],
});

export const downSeconds = new Gauge({
  name: 'stoa_connection_down_seconds',
  help: 'How long a platform has not answered; 0: it does.',
  labelNames: ['connection'],
  registers: [registry],
});

export const driftObjects = new Gauge({
  name: 'stoa_drift_objects',
  help: 'Open findings of drift that nobody ignored.',
  labelNames: ['connection', 'finding'],
  registers: [registry],
});

export const foreignGrants = new Gauge({
  name: 'stoa_foreign_grants',
  help: 'Open ways to governed objects past the containers, also those that somebody ignored.',
  labelNames: ['connection'],
  registers: [registry],
});

export const deadDeliveries = new Gauge({
  name: 'stoa_webhook_deliveries_dead',
  help: 'Deliveries to webhooks that were given up, as long as they are kept.',
  registers: [registry],
});

export const waitingJobs = new Gauge({
  name: 'stoa_queue_depth',
  help: 'Jobs whose time has come and that are not done.',
  labelNames: ['queue'],
  registers: [registry],
});

export function measureCall(request: FastifyRequest, reply: FastifyReply): void {
  const operation = (request.routeOptions.config as { operationId?: string }).operationId ?? 'other';
  callSeconds.observe({ operation, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
}
