import { z } from 'zod';
import { lossQuery } from './confirm-loss.ts';
import { operation } from './operation.ts';
import { peopleChange } from './people-change.ts';
import { queryBoolean } from './page.ts';
import { connectionKeyPath, email, line, name, username } from './text.ts';
import { attributeName, userStatus } from './user.ts';

/** What the rows of a file are about. */
export const importKind = z.enum(['users', 'groups', 'members', 'attributes', 'identities']);
export type ImportKind = z.infer<typeof importKind>;

/** So many rows one file may have; its text may have so many letters. */
export const importLimits = { rows: 10_000, letters: 1_000_000 } as const;

const action = z.enum(['add', 'remove']);

/** A row of each kind. An empty cell of an optional column leaves what is there as it is. */
export const importRow = {
  users: z.object({
    username,
    name: name.optional(),
    email: email.optional(),
    status: userStatus.optional(),
    /** The user name of another login of the same human; its own makes it a person of its own again. */
    samePersonAs: username.optional(),
  }),
  groups: z.object({ name, email: email.optional() }),
  members: z.object({ group: name, username, action: action.default('add') }),
  attributes: z.object({
    type: z.enum(['user', 'group']),
    principal: name,
    name: attributeName,
    value: line(255),
    action: action.default('add'),
  }),
  /** An empty name goes back to the one that the connection's template gives. */
  identities: z.object({ username, externalName: line(255).optional() }),
} as const satisfies Readonly<Record<ImportKind, z.ZodObject>>;
export type ImportRow<K extends ImportKind> = z.infer<(typeof importRow)[K]>;

/** The columns of each kind, those that must be there first. */
export const importColumns = {
  users: { required: ['username'], optional: ['name', 'email', 'status', 'samePersonAs'] },
  groups: { required: ['name'], optional: ['email'] },
  members: { required: ['group', 'username'], optional: ['action'] },
  attributes: { required: ['type', 'principal', 'name', 'value'], optional: ['action'] },
  identities: { required: ['username', 'externalName'], optional: [] },
} as const satisfies Readonly<Record<ImportKind, { required: readonly string[]; optional: readonly string[] }>>;

export const importOutcome = z.enum(['created', 'changed', 'removed', 'unchanged', 'refused']);
export type ImportOutcome = z.infer<typeof importOutcome>;

/** What becomes of one row. */
export const importedRow = z.object({
  /** Of the file; the header is line 1. */
  line: z.int().min(1),
  outcome: importOutcome,
  /** Whom or what the row is about, for people. */
  subject: z.string(),
  /** Cell by cell; null is nothing. */
  changes: z.array(z.object({ column: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
  /** The cell that stands in the way. */
  column: z.string().optional(),
  /** Why the row is refused, or why nothing is to be done. */
  reason: z.string().optional(),
});
export type ImportedRow = z.infer<typeof importedRow>;

export const peopleImport = z
  .object({
    kind: importKind,
    dryRun: z.boolean(),
    /** Names this outcome. Sent when it is applied, it is refused once the outcome would be another one. */
    digest: z.string(),
    counts: z.object({
      created: z.int(),
      changed: z.int(),
      removed: z.int(),
      unchanged: z.int(),
      refused: z.int(),
    }),
    /** People whose account, groups, attributes or names on a platform are others afterwards. */
    peopleCount: z.int(),
    rows: z.array(importedRow),
  })
  .meta({ id: 'PeopleImport' });
export type PeopleImport = z.infer<typeof peopleImport>;

export const importPeopleBody = z.object({
  /** The file: a header with the names of columns, then one row each; comma, semicolon or tab between them. */
  csv: z.string().min(1).max(importLimits.letters),
  /** The connection that names of the kind `identities` are for. */
  connectionKey: connectionKeyPath.optional(),
  /** The digest of a trial: refused once the rows would come out otherwise. */
  digest: z.string().max(100).optional(),
});
export type ImportPeopleBody = z.infer<typeof importPeopleBody>;

export const importPeople = operation({
  id: 'importPeople',
  method: 'POST',
  path: '/api/import/{kind}',
  summary:
    'Makes and changes people, groups, members, attributes or platform identities from a CSV file: all rows or none.',
  access: { action: 'user.manage' },
  mayWait: true,
  freshLogin: true,
  params: z.object({ kind: importKind }),
  losing: 'many',
  query: z.object({ dryRun: queryBoolean.default(false), ...lossQuery }),
  body: importPeopleBody,
  responses: { 200: peopleImport, 202: peopleChange },
});
