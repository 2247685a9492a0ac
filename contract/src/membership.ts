import { z } from 'zod';
import { objectProvisioningState, requestStatus, technology } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList } from './page.ts';
import { abilities, personName } from './person.ts';
import { provisioningSummary } from './provisioning.ts';
import { cuid, instant, searchText, uuid } from './text.ts';

/** What somebody has, had or waits for, with its sources: the rows of "my access". */
export const membership = z
  .object({
    requestId: cuid,
    user: personName,
    target: z.object({
      id: uuid,
      type: z.enum(['DATA_PRODUCT', 'DATA_OBJECT']),
      name: z.string(),
      slug: z.string().optional(),
      suspended: z.boolean(),
      /** False while no crawl has found the asset. */
      registered: z.boolean(),
    }),
    status: requestStatus,
    validFrom: instant.nullable(),
    validTo: instant.nullable(),
    decidedBy: personName.nullable(),
    reason: z.string().nullable(),
    provisioning: provisioningSummary,
    sources: z.array(
      z.object({
        dataSourceId: z.int(),
        name: z.string(),
        connectionKey: z.string(),
        technology,
        objectPath: z.array(z.string()),
        state: objectProvisioningState,
        lastVerifiedAt: instant.nullable(),
      }),
    ),
    abilities: abilities.optional(),
  })
  .meta({ id: 'Membership' });
export type Membership = z.infer<typeof membership>;

export const listMemberships = operation({
  id: 'listMemberships',
  method: 'GET',
  path: '/api/membership',
  summary: 'What a person has, had or waits for; the caller unless `user` names another.',
  access: { action: 'access-request.read' },
  query: z.object({
    ...offsetQuery,
    user: uuid.optional(),
    state: queryList(z.enum(['active', 'pending', 'ended'])).optional(),
    searchText: searchText.optional(),
  }),
  responses: { 200: offsetPage(membership) },
});
