import { z } from 'zod';
import { accessStatus } from './enums.ts';
import { operation } from './operation.ts';
import { instant, line, sourceId, uuid } from './text.ts';

export const maskingExceptionColumnStatus = z
  .object({
    sourceId,
    columnName: z.string(),
    /** Of the person's latest request for the column; null where they never asked. */
    currentStatus: accessStatus.nullable(),
    expiration: instant.nullable(),
  })
  .meta({ id: 'MaskingExceptionColumnStatus' });
export type MaskingExceptionColumnStatus = z.infer<typeof maskingExceptionColumnStatus>;

export const previewMaskingExceptionColumns = operation({
  id: 'previewMaskingExceptionColumns',
  method: 'POST',
  path: '/api/masking-exception-column/status',
  summary: 'Which of some columns a person has asked for already, and how that stands; writes nothing.',
  access: { action: 'access-request.create' },
  body: z.object({
    requesteeGlobalUserId: uuid,
    columns: z
      .array(z.object({ sourceId, name: line(255) }))
      .min(1)
      .max(500),
  }),
  responses: { 200: z.object({ statuses: z.array(maskingExceptionColumnStatus) }) },
});
