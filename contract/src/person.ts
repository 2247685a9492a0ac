import { z } from 'zod';
import { instant, uuid } from './text.ts';

/** Attributes of a person: name to values. */
export const attributes = z.record(z.string(), z.array(z.string()));
export type Attributes = z.infer<typeof attributes>;

/** A person as the published API shows one inside requests, records and determinations. */
export const person = z
  .object({
    id: z.int(),
    iamId: z.string(),
    globalUserId: uuid,
    username: z.string(),
    name: z.string(),
    email: z.string().nullable().optional(),
    authorizations: attributes.optional(),
  })
  .meta({ id: 'Person' });
export type Person = z.infer<typeof person>;

/** The short form: who made or changed something. */
export const author = z.object({ globalUserId: uuid, name: z.string() });
export type Author = z.infer<typeof author>;

/** Ours: a person in lists where the name alone is shown. */
export const personName = z.object({ globalUserId: uuid, username: z.string(), name: z.string() });
export type PersonName = z.infer<typeof personName>;

export const subjectMatterExpert = z.object({ id: uuid, username: z.string().optional(), name: z.string().optional() });
export type SubjectMatterExpert = z.infer<typeof subjectMatterExpert>;

/** Ours: whether the caller may do something with the object it stands on, and if not, why. */
export const ability = z.object({
  allowed: z.boolean(),
  reason: z.string().optional(),
  /** For edits that may be made in part: the members that may change. */
  fieldsAllowed: z.array(z.string()).readonly().optional(),
});
export type Ability = z.infer<typeof ability>;
/** Ours: the caller's abilities on an object, by the words of core's `abilities.ts`; one that is left out is not allowed. */
export const abilities = z.record(z.string(), ability).meta({ id: 'Abilities' });
export type Abilities = z.infer<typeof abilities>;

/** Times every stored thing shows. */
export const stamps = { createdAt: instant, updatedAt: instant };
