import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery } from './page.ts';
import { abilities } from './person.ts';
import { description, instant, line, name, numericId, numericIdText, searchText, text, uuid } from './text.ts';

export const criteriaType = z.enum(['regex', 'dictionary', 'columnNameRegex']);
export type CriteriaType = z.infer<typeof criteriaType>;

/** Checks beyond the look of a value: sums over its digits. */
export const validatorName = z.enum([
  'card',
  'iban',
  'bic',
  'usRouting',
  'canadaSin',
  'brazilCpf',
  'ukNhs',
  'franceNir',
  'germanyTaxId',
  'spainDni',
  'italyCodiceFiscale',
  'netherlandsBsn',
  'belgiumNationalNumber',
  'finlandHetu',
  'polandPesel',
  'australiaTfn',
  'australiaMedicare',
]);

const tagNames = z.array(line(500)).min(1).max(20);
const ratio = z.number().gt(0).max(1);
const specificity = z.int().min(0).max(100);
const values = z.array(line(255)).max(10_000);
const pattern = text(1_000);

const criteria = {
  criteriaType,
  /** Of values, or with `columnNameRegex` of the name of a column. Whole ones are matched. */
  pattern: pattern.nullable().optional(),
  /** Of a dictionary. */
  values: values.optional(),
  /** Absent: values of a pattern are matched with case, everything else without. */
  caseSensitive: z.boolean().optional(),
  validator: validatorName.nullable().optional(),
};

export const identifier = z
  .object({
    id: z.int(),
    name: z.string(),
    description: z.string(),
    criteriaType,
    pattern: z.string().nullable(),
    /** The values of a dictionary; in lists their number alone is told. */
    values: z.array(z.string()).optional(),
    valueCount: z.int(),
    caseSensitive: z.boolean(),
    /** Share of the non-null values that must fit. */
    minHitRatio: z.number(),
    tags: z.array(z.string()),
    specificity: z.int(),
    validator: validatorName.nullable(),
    /** Words of a column's name that let it take more, or without which it says nothing. */
    hint: z.object({ words: z.array(z.string()), isRequired: z.boolean() }).nullable(),
    isBuiltIn: z.boolean(),
    /** The domain it was made for; null: everywhere. */
    domain: z.object({ id: uuid, name: z.string() }).nullable(),
    /** Columns that carry a tag because of it, as of their last sight. */
    columnCount: z.int(),
    updatedAt: instant.nullable(),
    abilities: abilities.optional(),
  })
  .meta({ id: 'Identifier' });
export type Identifier = z.infer<typeof identifier>;

export const createIdentifierBody = z.object({
  name: name.max(100),
  description: description.default(''),
  ...criteria,
  minHitRatio: ratio.default(0.9),
  tags: tagNames,
  specificity: specificity.default(50),
  domainId: uuid.nullable().optional(),
});
export type CreateIdentifierBody = z.infer<typeof createIdentifierBody>;

export const updateIdentifierBody = z.object({
  name: name.max(100).optional(),
  description: description.optional(),
  pattern: pattern.optional(),
  values: values.optional(),
  caseSensitive: z.boolean().optional(),
  validator: validatorName.nullable().optional(),
  minHitRatio: ratio.optional(),
  tags: tagNames.optional(),
  specificity: specificity.optional(),
});
export type UpdateIdentifierBody = z.infer<typeof updateIdentifierBody>;

const params = z.object({ id: numericIdText });

export const listIdentifiers = operation({
  id: 'listIdentifiers',
  method: 'GET',
  path: '/api/identifier',
  summary: 'What sensitive data is identified by.',
  access: { action: 'identifier.read' },
  query: z.object({
    ...offsetQuery,
    searchText: searchText.optional(),
    kind: z.enum(['builtIn', 'own']).optional(),
    criteriaType: criteriaType.optional(),
  }),
  responses: { 200: offsetPage(identifier) },
});

export const readIdentifier = operation({
  id: 'readIdentifier',
  method: 'GET',
  path: '/api/identifier/{id}',
  summary: 'An identifier.',
  access: { action: 'identifier.read' },
  params,
  responses: { 200: identifier },
  unedited: ['columnCount', 'abilities'],
});

export const createIdentifier = operation({
  id: 'createIdentifier',
  method: 'POST',
  path: '/api/identifier',
  summary: 'Makes an identifier, for everywhere or for one domain.',
  access: { action: 'identifier.manage' },
  body: createIdentifierBody,
  responses: { 201: identifier },
});

export const updateIdentifier = operation({
  id: 'updateIdentifier',
  method: 'PATCH',
  path: '/api/identifier/{id}',
  summary: 'Changes an identifier of one’s own; tags that it has put stay until the next run.',
  access: { action: 'identifier.manage' },
  params,
  body: updateIdentifierBody,
  responses: { 200: identifier },
});

export const deleteIdentifier = operation({
  id: 'deleteIdentifier',
  method: 'DELETE',
  path: '/api/identifier/{id}',
  summary: 'Deletes an identifier of one’s own; tags that it has put stay.',
  access: { action: 'identifier.manage' },
  params,
  responses: { 204: null },
});

export const testIdentifier = operation({
  id: 'testIdentifier',
  method: 'POST',
  path: '/api/identifier/test',
  summary: 'Holds an identifier against values that the caller made up. No platform is asked, and nothing is kept.',
  access: { action: 'identifier.read' },
  body: z.object({
    /** Of a stored or built-in identifier; else the criteria below. */
    identifierId: numericId.optional(),
    criteriaType: criteriaType.optional(),
    pattern: pattern.optional(),
    values: values.optional(),
    caseSensitive: z.boolean().optional(),
    validator: validatorName.nullable().optional(),
    /** What the column of the values is called. */
    columnName: line(255).optional(),
    samples: z.array(text(1_000, 0)).max(100),
  }),
  responses: {
    200: z
      .object({
        /** False where the name of the column leaves the identifier out. */
        applies: z.boolean(),
        nameFits: z.boolean().nullable(),
        /** In the order of the samples. */
        fits: z.array(z.boolean()),
        hitRatio: z.number().nullable(),
      })
      .meta({ id: 'IdentifierTest' }),
  },
});

/** What a domain says of one identifier. */
export const identifierSetEntry = z.object({
  identifierId: z.int(),
  name: z.string(),
  isBuiltIn: z.boolean(),
  isEnabled: z.boolean(),
  /** The tags it puts in this domain; null: its own. */
  tags: z.array(z.string()).nullable(),
  ownTags: z.array(z.string()),
});
export const identifierSet = z
  .object({ domainId: uuid, entries: z.array(identifierSetEntry), abilities: abilities.optional() })
  .meta({ id: 'IdentifierSet' });
export type IdentifierSet = z.infer<typeof identifierSet>;

export const getIdentifierSet = operation({
  id: 'getIdentifierSet',
  method: 'GET',
  path: '/api/domain/{id}/identifier-set',
  summary: 'What is looked for in a domain, and the tags it gets there.',
  access: { action: 'identifier.read' },
  params: z.object({ id: uuid }),
  responses: { 200: identifierSet },
});

export const setIdentifierSet = operation({
  id: 'setIdentifierSet',
  method: 'PUT',
  path: '/api/domain/{id}/identifier-set',
  summary: 'Replaces what a domain says of identifiers; those left out hold there as they are.',
  access: { action: 'identifier.manage' },
  params: z.object({ id: uuid }),
  body: z.object({
    entries: z
      .array(
        z.object({
          identifierId: numericId,
          isEnabled: z.boolean().default(true),
          tags: tagNames.nullable().default(null),
        }),
      )
      .max(2_000),
  }),
  responses: { 200: identifierSet },
});

/** The operations of this noun, by their id. */
export const identifierOperations = {
  listIdentifiers,
  readIdentifier,
  createIdentifier,
  updateIdentifier,
  deleteIdentifier,
  testIdentifier,
  getIdentifierSet,
  setIdentifierSet,
} as const;
