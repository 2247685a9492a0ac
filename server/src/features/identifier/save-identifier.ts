import type { CreateIdentifierBody, UpdateIdentifierBody } from '@stoa/contract/identifier';
import { foldName } from '@stoa/core/folded-name';
import { criteriaProblems, unusableTag } from '@stoa/core/identification/check-identifier';
import { canonicalTagName } from '@stoa/core/tags/tag-path';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { findIdentifier, type StoredIdentifier, storedBuiltIns } from './load-identifiers.ts';
import { objectOf } from './present-identifier.ts';

type Input<Body> = { actor: LoadedPerson; body: Body; call: Pick<Call, 'id' | 'ip'> };
type Definition = Pick<
  StoredIdentifier,
  | 'name'
  | 'description'
  | 'criteriaType'
  | 'pattern'
  | 'values'
  | 'caseSensitive'
  | 'minHitRatio'
  | 'tags'
  | 'specificity'
  | 'validator'
>;

export async function createIdentifier(
  deps: Deps,
  { actor, body, call }: Input<CreateIdentifierBody>,
): Promise<StoredIdentifier> {
  const domainId = body.domainId ?? null;
  return transact(deps, async (tx, after) => {
    const domain = domainId === null ? null : await findDomain(tx, domainId);
    requireMay(actor, 'identifier.manage', { kind: 'identifier', domain, isBuiltIn: false });
    const definition: Definition = {
      ...body,
      pattern: body.pattern ?? null,
      values: body.values ?? [],
      // Names and dictionaries are compared without case unless told otherwise.
      caseSensitive: body.caseSensitive ?? body.criteriaType === 'regex',
      validator: body.validator ?? null,
    };
    requireUsable(definition);
    const { rows } = await sql<{ id: number }>`
      insert into identifier (domain_id, name, name_key, description, criteria_type, pattern, dictionary, case_sensitive, min_hit_ratio, tags,
        specificity, validator, created_by)
      values (${domainId}::uuid, ${definition.name}, ${foldName(definition.name)}, ${definition.description}, ${definition.criteriaType}, ${definition.pattern},
        ${[...definition.values]}::text[], ${definition.caseSensitive}, ${definition.minHitRatio}, ${canonical(definition.tags)}::text[],
        ${definition.specificity}, ${definition.validator}, ${actor.globalUserId}) returning id`.execute(tx);
    const made = await findIdentifier(tx, rows[0]?.id ?? 0);
    if (made === undefined) throw new Error('an identifier was not made');
    await appendAudit(tx, { ...entryOf({ actor, call }, made), action: 'IdentifierCreated', payload: told(made) });
    after.changed('identifier', String(made.id));
    return made;
  });
}

export async function updateIdentifier(
  deps: Deps,
  { actor, body, call, id }: Input<UpdateIdentifierBody> & { id: number },
): Promise<StoredIdentifier> {
  return transact(deps, async (tx, after) => {
    const before = await lockIdentifier(tx, id);
    requireMay(actor, 'identifier.manage', objectOf(before));
    const changes = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const next: Definition = { ...before, ...changes };
    requireUsable(next);
    await sql`update identifier set name = ${next.name},
        name_key = case name when ${next.name} then name_key else ${foldName(next.name)} end, description = ${next.description}, pattern = ${next.pattern},
        dictionary = ${[...next.values]}::text[], case_sensitive = ${next.caseSensitive}, min_hit_ratio = ${next.minHitRatio},
        tags = ${canonical(next.tags)}::text[], specificity = ${next.specificity}, validator = ${next.validator}, updated_at = now()
      where id = ${id}`.execute(tx);
    const now = await lockIdentifier(tx, id);
    await appendAudit(tx, {
      ...entryOf({ actor, call }, now),
      action: 'IdentifierUpdated',
      payload: { before: told(before), after: told(now) },
    });
    after.changed('identifier', String(id));
    return now;
  });
}

export async function deleteIdentifier(
  deps: Deps,
  { actor, call, id }: Omit<Input<undefined>, 'body'> & { id: number },
): Promise<void> {
  await transact(deps, async (tx, after) => {
    const before = await lockIdentifier(tx, id);
    requireMay(actor, 'identifier.manage', objectOf(before));
    await sql`delete from identifier where id = ${id}`.execute(tx);
    await sql`delete from identifier_set_entry where identifier_id = ${id}`.execute(tx);
    await appendAudit(tx, { ...entryOf({ actor, call }, before), action: 'IdentifierDeleted', payload: told(before) });
    after.changed('identifier', String(id));
  });
}

async function lockIdentifier(tx: Tx, id: number): Promise<StoredIdentifier> {
  await sql`select from identifier where id = ${id} for update`.execute(tx);
  const found = await findIdentifier(tx, id);
  if (found === undefined) throw notFound('identifier');
  return found;
}

async function findDomain(tx: Tx, id: string): Promise<{ id: string; name: string }> {
  const { rows } = await sql<{
    id: string;
    name: string;
  }>`select id, name from domain where id = ${id} for key share`.execute(tx);
  if (rows[0] === undefined) throw notFound('domain');
  return rows[0];
}

const canonical = (tags: readonly string[]): string[] => [...new Set(tags.map(canonicalTagName))];

function requireUsable(definition: Definition): void {
  if (storedBuiltIns.some((one) => foldName(one.name) === foldName(definition.name))) {
    throw new Refusal('identifier.name_taken');
  }
  const problems = criteriaProblems(definition);
  if (problems.length > 0) {
    throw new Refusal('identifier.criteria_invalid', {
      detail: problems.map((one) => one.message).join(' '),
      extra: { problems },
    });
  }
  const tag = unusableTag(definition.tags);
  if (tag !== null) throw new Refusal('identifier.tag_protected', { detail: `“${tag}” cannot be put.` });
}

const entryOf = (
  { actor, call }: Pick<Input<undefined>, 'actor' | 'call'>,
  one: StoredIdentifier,
): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'IDENTIFIER',
  targets: [{ id: String(one.id), name: one.name }],
  domainIds: one.ofDomain === null ? [] : [one.ofDomain],
  requestId: call.id,
});

/** The values of a dictionary may be what it looks for: their number is told. */
const told = (one: StoredIdentifier): Record<string, unknown> => ({
  criteriaType: one.criteriaType,
  pattern: one.pattern,
  valueCount: one.values.length,
  caseSensitive: one.caseSensitive,
  minHitRatio: one.minHitRatio,
  tags: one.tags,
  specificity: one.specificity,
  validator: one.validator,
});
