import { z } from 'zod';
import { technology } from './enums.ts';
import { subjectMatterExpert } from './person.ts';

/** What is known of an object on a platform that can be asked for. */
export const assetMetadata = z
  .object({
    subjectMatterExperts: z.array(subjectMatterExpert).optional(),
    objectPath: z.array(z.string()),
    technology: technology.optional(),
    host: z.string().optional(),
    port: z.int().min(1).max(65_535).optional(),
    /** `table`, `view`, `schema` ... */
    legacyType: z.string().optional(),
    dataSourceId: z.int().optional(),
    description: z.string().nullable().optional(),
    externalLink: z.string().nullable().optional(),
  })
  .meta({ id: 'AssetMetadata' });
export type AssetMetadata = z.infer<typeof assetMetadata>;
