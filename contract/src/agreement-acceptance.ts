import { z } from 'zod';
import { accessRequest } from './access-request.ts';
import { operation } from './operation.ts';
import { personName } from './person.ts';
import { cuid, instant, uuid } from './text.ts';

/** An agreement as a request pinned it: that very text, whatever was saved since. */
export const requestAgreement = z
  .object({
    id: uuid,
    name: z.string(),
    body: z.string(),
    version: z.int(),
    sha256: z.string(),
    /** What a new request would accept; null once the agreement is deleted. */
    currentVersion: z.int().nullable(),
    acceptances: z.array(z.object({ acceptedBy: personName, acceptedAt: instant })),
  })
  .meta({ id: 'RequestAgreement' });
export type RequestAgreement = z.infer<typeof requestAgreement>;

const params = z.object({ id: cuid });

export const listRequestAgreements = operation({
  id: 'listRequestAgreements',
  method: 'GET',
  path: '/api/access-request/{id}/agreements',
  summary: 'The agreements of a request in the versions it was made under, and who accepted them.',
  access: { action: 'access-request.read' },
  params,
  responses: { 200: z.object({ agreements: z.array(requestAgreement), awaitsAcceptance: z.boolean() }) },
});

export const acceptAgreements = operation({
  id: 'acceptAgreements',
  method: 'POST',
  path: '/api/access-request/{id}/accept',
  summary: 'Accepts the agreements of a request that somebody else made for the caller. Access starts after it.',
  access: { action: 'access-request.accept' },
  params,
  /** What was read: every agreement of the request, each with the version it was made under. */
  body: z.object({ agreements: z.array(z.object({ id: uuid, version: z.int() })).max(20) }),
  responses: { 200: accessRequest },
});
