import type { RequestFormObject } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type FormUses, formObject, loadFormUses } from './form-uses.ts';
import { type LoadedForm, loadForms } from './load-forms.ts';

export type By = { readonly actor: LoadedPerson; readonly call: Call };
export type LockedForm = { readonly form: LoadedForm; readonly uses: FormUses; readonly object: RequestFormObject };

/** Saves of one form happen one after the other; a product or asset that takes the form waits for this, or this for it. */
export async function lockForm(tx: Tx, id: string): Promise<LockedForm> {
  await sql`select from request_form where id = ${id} for update`.execute(tx);
  const form = (await loadForms(tx, [id])).get(id);
  if (!form) throw notFound('request form');
  const uses = (await loadFormUses(tx, [id]))(id);
  return { form, uses, object: formObject(form, uses) };
}

/** What every audit row about a form says. Auditors of the domains in which it is used may read it. */
export const formEntry = (
  { actor, call }: By,
  form: { readonly id: string; readonly name: string; readonly uses?: FormUses },
): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'REQUEST_FORM',
  targets: [{ id: form.id, name: form.name, type: 'REQUEST_FORM' }],
  domainIds: (form.uses?.domains ?? []).map((domain) => domain.id),
  requestId: call.id,
});
