import { compileAccess } from '@stoa/core/access/compile';
import { diff } from '@stoa/core/provisioning/diff';
import { observeScope } from '@stoa/core/provisioning/observed';
import type { Step } from '@stoa/core/provisioning/plan';
import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';
import { loadFacts } from '../provisioning/load-facts.ts';
import type { Platforms } from '../provisioning/platforms.ts';

export type Difference = {
  readonly connection_id: string;
  readonly connection_key: string;
  readonly kind: 'beyond' | 'missing' | 'unseen';
  readonly container: string;
  readonly subject: string;
  readonly principal: string;
  readonly object: string;
  readonly detail: string;
};
type Look = { readonly db: Db; readonly platforms: Platforms; readonly installationId: string };
type Place = { id: string; key: string };

export type Looked = { readonly connectionId: string; readonly found: readonly Difference[] };

/** How each platform differs from what the backup says, before anything is done about it, one after the other. Reads alone. */
export async function* lookBeyond(look: Look): AsyncGenerator<Looked> {
  const { rows } =
    await sql<Place>`select id, connection_key as key from connection where state <> 'draft' order by 2`.execute(
      look.db,
    );
  for (const place of rows) yield { connectionId: place.id, found: await lookAt(look, place) };
}

async function lookAt({ db, platforms, installationId }: Look, place: Place): Promise<Difference[]> {
  const blank = {
    connection_id: place.id,
    connection_key: place.key,
    container: '',
    subject: '',
    principal: '',
    object: '',
    detail: '',
  };
  try {
    const { facts } = await loadFacts(db, { connectionId: place.id, installationId, scope: { kind: 'all' } });
    const desired = compileAccess(facts);
    const session = await platforms.session(place.id);
    const observed = await session.observe(observeScope(desired));
    const subjects = await subjectsOf(db);
    const targets = new Map(desired.containers.map(({ name, targetId }) => [name, targetId]));
    return diff(desired, observed).steps.flatMap((step) => {
      const about = {
        ...blank,
        container: step.container.nativeName,
        subject: subjects.get(targets.get(step.container.name) ?? '') ?? '',
      };
      return differencesOf(step).map((difference) => ({ ...about, ...difference }));
    });
  } catch (error) {
    // Whatever it is, a platform that is silent or a login that does not open: it is of this connection, and the others go on.
    return [{ ...blank, kind: 'unseen', detail: error instanceof Error ? error.message : String(error) }];
  }
}

type Part = Pick<Difference, 'kind'> & Partial<Pick<Difference, 'principal' | 'object' | 'detail'>>;

function differencesOf(step: Step): Part[] {
  switch (step.kind) {
    case 'end-members':
      return step.members.map(({ name }) => ({ kind: 'beyond', principal: name, detail: 'is a member' }));
    case 'revoke-objects':
      return step.objects.map((one) => ({ kind: 'beyond', object: one.objectPath.join('.'), detail: 'is granted' }));
    case 'revoke-schemas':
      return step.schemas.map((one) => ({ kind: 'beyond', object: one.objectPath.join('.'), detail: 'may be used' }));
    case 'revoke-defaults':
      return step.defaults.map((one) => ({
        kind: 'beyond',
        object: one.schemaPath.join('.'),
        detail: 'later objects are granted',
      }));
    case 'drop-container':
      return [{ kind: 'beyond', detail: 'is a role that the backup does not know' }];
    case 'add-members':
      return step.members.map(({ name }) => ({ kind: 'missing', principal: name, detail: 'is no member' }));
    case 'grant-objects':
      return step.objects.map((one) => ({
        kind: 'missing',
        object: one.objectPath.join('.'),
        detail: 'is not granted',
      }));
    case 'grant-schemas':
      return step.schemas.map((one) => ({
        kind: 'missing',
        object: one.objectPath.join('.'),
        detail: 'may not be used',
      }));
    case 'grant-defaults':
      return step.defaults.map((one) => ({
        kind: 'missing',
        object: one.schemaPath.join('.'),
        detail: 'later objects are not granted',
      }));
    case 'create-container':
      return [{ kind: 'missing', detail: 'is a role that the platform does not have' }];
    case 'label-container':
    case 'rename-container':
      return [];
  }
}

async function subjectsOf(db: Db): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`select id::text, name from data_product`.execute(db);
  return new Map(rows.map((row) => [row.id, row.name]));
}
