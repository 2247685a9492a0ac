import { requestsTold } from '../../http/metrics.ts';
import type { EventSubscriber } from '../../work/fan-out.ts';

const ofRequest =
  /^marketplace\.(data_product|asset)\.access_requests\.(created|consumer\.updated|canceled|revoked|expired)$/;

/** Counts what has become of requests, once for all replicas: as it is told to everybody else. */
export const countRequests: EventSubscriber = async (_scope, events) => {
  for (const { type, data } of events) {
    const [, target, what] = ofRequest.exec(type) ?? [];
    if (target === undefined || what === undefined) continue;
    const status = what === 'consumer.updated' ? decisionOf(data['status']) : what;
    requestsTold.inc({ type: target, status });
  }
};

const decisionOf = (status: unknown): string => (typeof status === 'string' ? status.toLowerCase() : 'decided');
