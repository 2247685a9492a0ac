import type { Cause } from '../access/model.ts';
import type { GrantorRef } from './observed.ts';

/**
 * A container of the plan. `platformId` is null while it does not exist yet; `nativeName` differs from `name` where a role
 * that was made beforehand plays the container.
 */
export type ContainerRef = { readonly name: string; readonly nativeName: string; readonly platformId: string | null };
/** Names are as the platform has them now; ids rule. */
export type PrincipalRef = { readonly platformId: string; readonly name: string };
/** `grantor`: of what is taken away, in whose name; null where it is given. */
export type SchemaRef = {
  readonly platformId: string;
  readonly objectPath: readonly string[];
  readonly grantor: GrantorRef | null;
};
export type ObjectRef = {
  readonly platformId: string;
  readonly schemaId: string;
  readonly objectPath: readonly string[];
  readonly objectType: string;
  /** Null where only a privilege is taken away: then the owner does not matter. */
  readonly ownerId: string | null;
  readonly grantor: GrantorRef | null;
};

/** One role and one schema: what the role makes there later. `assumed`: it can only be said as the role itself. */
export type DefaultRef = {
  readonly roleId: string;
  readonly roleName: string;
  readonly schemaId: string;
  readonly schemaPath: readonly string[];
  readonly assumed: boolean;
};

type StepOf<K extends string, More> = {
  readonly kind: K;
  readonly container: ContainerRef;
  readonly causes: readonly Cause[];
} & More;

/** One native statement to be, folded: all members, all objects or all schemas of one container. */
export type Step =
  | StepOf<'end-members', { readonly members: readonly PrincipalRef[] }>
  | StepOf<'revoke-defaults', { readonly defaults: readonly DefaultRef[] }>
  | StepOf<'revoke-objects', { readonly objects: readonly ObjectRef[] }>
  | StepOf<'revoke-schemas', { readonly schemas: readonly SchemaRef[] }>
  | StepOf<'drop-container', object>
  | StepOf<'create-container', { readonly label: string }>
  | StepOf<'label-container', { readonly label: string }>
  | StepOf<'grant-schemas', { readonly schemas: readonly SchemaRef[] }>
  | StepOf<'grant-objects', { readonly objects: readonly ObjectRef[] }>
  | StepOf<'grant-defaults', { readonly defaults: readonly DefaultRef[] }>
  | StepOf<'add-members', { readonly members: readonly PrincipalRef[] }>
  | StepOf<'rename-container', object>;

export type StepKind = Step['kind'];

/** The order inside a plan (platforms.md 2): whoever stops half-way leaves less access, never more. */
export const stepOrder: readonly StepKind[] = [
  'end-members',
  'revoke-defaults',
  'revoke-objects',
  'revoke-schemas',
  'drop-container',
  'create-container',
  'label-container',
  'grant-schemas',
  'grant-objects',
  'grant-defaults',
  'add-members',
  // All before it names the role as it was found.
  'rename-container',
];

export type BlockedReason =
  | 'object.missing'
  | 'object.changed'
  | 'object.moved'
  | 'object.not_grantable'
  | 'object.full'
  | 'object.out_of_domain'
  | 'principal.missing'
  | 'principal.no_login'
  | 'principal.no_inherit'
  | 'principal.reserved'
  | 'container.foreign'
  | 'container.in_use'
  | 'container.none_left'
  | 'container.too_wide'
  | 'connection.checks_failed';

/** Something desired that must not or cannot be done now; the rest of the plan goes on. */
export type Blocked = {
  readonly targetId: string;
  readonly reason: BlockedReason;
  readonly objectId?: string;
  readonly principalId?: string;
};

/** The difference between desired and observed. An empty plan is a plan. */
export type Plan = {
  readonly steps: readonly Step[];
  readonly blocked: readonly Blocked[];
  /** Targets whose container is not there, or another role than before: a pair scope cannot tell what it holds, so run again for the whole target. */
  readonly widen: readonly string[];
};

/** True when applying the plan would change nothing. */
export const isEmpty = (plan: Plan): boolean => plan.steps.length === 0;
