import type { AgreementObject } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type AgreementUse, loadAgreementUse } from './agreement-use.ts';
import { toAgreementObject } from './find-agreements.ts';
import { type LoadedAgreement, loadAgreements } from './load-agreements.ts';

/** Who changes which agreement, and by which call. */
export type AgreementChange<Body = undefined> = { actor: LoadedPerson; id: string; body: Body; call: Call };
export type LockedAgreement = { text: LoadedAgreement; use: AgreementUse; object: AgreementObject };

/** Forms that are being pointed at it, and requests that pin it, hold its row: this waits for them, or they for this. */
export async function lockAgreement(tx: Tx, id: string): Promise<LockedAgreement> {
  await sql`select from data_use_agreement where id = ${id} for update`.execute(tx);
  const text = (await loadAgreements(tx, [id])).get(id);
  if (!text) throw notFound('data use agreement');
  const use = (await loadAgreementUse(tx, [id]))(id);
  return { text, use, object: toAgreementObject(text.name, use) };
}

/** Everything of an audit row but what was done. The text itself stays in its version, which the hash names. */
export const agreementEntry = (
  { actor, call }: Pick<AgreementChange, 'actor' | 'call'>,
  agreement: { id: string; name: string },
  domainIds: readonly string[] = [],
): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'DATA_USE_AGREEMENT',
  targets: [{ id: agreement.id, name: agreement.name }],
  domainIds,
  requestId: call.id,
  sessionId: call.by === 'session' ? call.credentialId : undefined,
});
