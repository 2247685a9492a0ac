import type { CurrentUser } from '@stoa/contract/auth';
import type { DomainPermission } from '@stoa/contract/enums';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import { lacksSecondFactor } from '../../http/authenticate.ts';
import type { Call } from '../../http/route.ts';
import { roleActions, rolesSomewhere } from '../data-object/held-roles.ts';
import type { LoadedPerson } from '../user/load-people.ts';

type SecondFactor = CurrentUser['secondFactor'];
type SignedInBy = NonNullable<CurrentUser['signedInBy']>;
type Grant = {
  domain_id: string;
  permission: DomainPermission;
  granted_at: Date;
  user_id: string | null;
  group_id: number | null;
  row_digest: string;
};

export async function presentCurrentUser(deps: Deps, actor: LoadedPerson, call: Call): Promise<CurrentUser> {
  const authorizations: Record<string, string[]> = {};
  for (const { name, value } of actor.attributes)
    authorizations[name] = [...new Set([...(authorizations[name] ?? []), value])];
  const { end, hasPassword, secondFactor, signedInBy } = await credentialOf(deps, actor, call);
  return {
    id: actor.userId,
    displayName: actor.name,
    username: actor.username,
    email: actor.email,
    globalUserId: actor.globalUserId,
    trackingId: actor.globalUserId,
    tenantInfo: { id: deps.installationId, organizationName: 'Stoa' },
    expiration: end,
    hasPassword,
    ...(secondFactor === undefined ? {} : { secondFactor }),
    ...(signedInBy === null ? {} : { signedInBy }),
    globalPermissions: [...actor.permissions],
    collectionPermissions: await collectionPermissions(deps, actor),
    authorizations,
    groups: actor.groups.map((group) => group.name),
    abilities: await generalAbilities(deps, actor),
  };
}

/** What the menus ask: may this person do it to anything at all? Roles on parts of a platform count, and are read once. */
async function generalAbilities(deps: Deps, actor: LoadedPerson): Promise<CurrentUser['abilities']> {
  const questions = [
    'connection.manage',
    'connection.read',
    'user.manage',
    'group.manage',
    'domain.manage',
    'tag.manage',
    'data-object.read',
    'asset.edit',
    'data-product.create',
    'request-form.create',
    'data-use-agreement.create',
    'identification.read',
    'identification.run',
    'identifier.manage',
    'settings.manage',
    'webhook.manage',
    'verification.read',
    'verification.run',
    'slack.manage',
    'audit.verify',
    'key.manage',
  ] as const;
  const roles = await rolesSomewhere(deps.db, actor);
  const answers = [
    ...questions.map((action) => [action, may(actor, action, nothing)] as const),
    ...roleActions.map((action) => {
      const plain = may(actor, action, nothing);
      return [action, plain.allowed ? plain : may(actor, action, roles)] as const;
    }),
  ];
  return Object.fromEntries(answers.map(([action, { allowed, reason }]) => [action, { allowed, reason }]));
}

type CredentialRow = {
  end: number | null;
  hasPassword: boolean;
  secondFactor: SecondFactor | null;
  signedInBy: SignedInBy | null;
};

async function credentialOf(deps: Deps, actor: LoadedPerson, call: Call) {
  const table = call.by === 'token' ? sql.table('personal_access_token') : sql.table('session');
  const { rows } = await sql<CredentialRow>`
    select u.password_hash is not null as "hasPassword",
      case when s.id is null or s.provider_id is not null then null
        when ${lacksSecondFactor} then 'needed'
        when exists (select from second_factor f where f.global_user_id = u.global_user_id and f.activated_at is not null) then 'on'
        else 'off' end as "secondFactor",
      (select json_build_object('id', p.id, 'name', p.name, 'hasSignOut', s.sign_out_url is not null)
        from identity_provider p where p.id = s.provider_id) as "signedInBy",
      (select extract(epoch from expires_at)::int from ${table} where id = ${call.credentialId ?? ''}) as end
    from app_user u left join session s on s.id = ${call.by === 'session' ? (call.credentialId ?? null) : null}::uuid
    where u.global_user_id = ${actor.globalUserId}`.execute(deps.db);
  const [row] = rows;
  return {
    end: row?.end ?? 0,
    hasPassword: row?.hasPassword === true,
    secondFactor: row?.secondFactor ?? undefined,
    signedInBy: row?.signedInBy ?? null,
  };
}

async function collectionPermissions(deps: Deps, actor: LoadedPerson): Promise<CurrentUser['collectionPermissions']> {
  const { rows } = await sql<Grant>`
    select d.domain_id, d.permission, d.granted_at, d.user_id, d.group_id,
      md5(d.domain_id::text || d.permission || coalesce(d.user_id::text, d.group_id::text)) as row_digest
    from domain_permission d
    where d.user_id = ${actor.globalUserId} or d.group_id in (select group_id from group_member where global_user_id = ${actor.globalUserId})`.execute(
    deps.db,
  );
  const held: CurrentUser['collectionPermissions'] = {};
  for (const row of rows) {
    const entry = {
      id: uuidOfDigest(row.row_digest),
      createdAt: row.granted_at.toISOString(),
      collectionId: row.domain_id,
      permission: row.permission,
      profileId: row.user_id === null ? null : actor.userId,
      groupId: row.group_id,
    };
    held[row.domain_id] = [...(held[row.domain_id] ?? []), entry];
  }
  return held;
}

/** The row has no id of its own; the published shape wants one, and the same row must give the same: a UUID of version 8. */
const uuidOfDigest = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
