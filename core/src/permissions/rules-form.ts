import { listed } from '../listed.ts';
import { type Allowed, type Answer, type Denied, no, yes } from './answer.ts';
import type { Rules } from './may.ts';
import type { Actor, FormUse } from './objects.ts';
import { byManaging, byManagingSomewhere } from './rules-product.ts';
import { isGovernor, isSteward } from './standing.ts';

const anybody = (): Allowed => yes('Everybody who is signed in may read forms and agreements.');
const standard: Denied = {
  allowed: false,
  code: 'request_form.standard',
  reason: 'The Standard Request Form cannot be changed or deleted.',
};

/** `G`; `M` when every product that uses it is in their domains and no asset uses it. */
const byManagingItsUse = (actor: Actor, form: FormUse): Answer => {
  if (form.isStandard) return standard;
  if (!isGovernor(actor) && form.usedByAsset)
    return {
      ...no('An asset uses it; you need Governance.'),
      needs: { permission: 'GOVERNANCE', scope: 'global', grantedBy: 'USER_ADMIN' },
    };
  return form.domains.length === 0 ? byManagingSomewhere(actor) : byManaging(actor, form.domains);
};

/** A steward whom the form itself assigns may change a part of it. Stewards by delegation are not assigned by the form. */
const byStewarding = (actor: Actor, form: FormUse, fieldsAllowed: readonly string[]): Answer | null => {
  if (form.isStandard || !isSteward(actor, form.reviewers, form.domains)) return null;
  const refused = form.fields?.filter((f) => !fieldsAllowed.includes(f)) ?? [];
  return refused.length > 0
    ? no(`As its steward you may not change ${listed(refused)}.`)
    : { ...yes('You are a steward named in it.'), fieldsAllowed };
};

const edit =
  (stewardsFields: readonly string[]) =>
  (actor: Actor, form: FormUse): Answer => {
    const managing = byManagingItsUse(actor, form);
    return managing.allowed ? managing : (byStewarding(actor, form, stewardsFields) ?? managing);
  };

const editForm = (actor: Actor, form: FormUse): Answer => {
  const answer = edit(['fields', 'dataUseAgreementIds'])(actor, form);
  const isPartOfIt = !form.isStandard && isSteward(actor, form.reviewers, form.domains);
  return !answer.allowed && isPartOfIt ? { ...answer, code: 'request_form.field_forbidden' } : answer;
};

/** Request forms, and the agreements attached to them. */
export const formRules: Rules<
  | 'request-form.read'
  | 'request-form.create'
  | 'request-form.edit'
  | 'request-form.delete'
  | 'data-use-agreement.read'
  | 'data-use-agreement.create'
  | 'data-use-agreement.edit'
  | 'data-use-agreement.delete'
  | 'review-flow.simulate'
> = {
  'request-form.read': anybody,
  'request-form.create': (actor) => byManagingSomewhere(actor),
  'request-form.edit': editForm,
  'request-form.delete': byManagingItsUse,
  'data-use-agreement.read': anybody,
  'data-use-agreement.create': (actor) => byManagingSomewhere(actor),
  'data-use-agreement.edit': edit(['body']),
  'data-use-agreement.delete': byManagingItsUse,
  // Of a target: whoever manages it. Of a form, or of a draft: whoever may make one.
  'review-flow.simulate': (actor, { domains }) =>
    domains === null ? byManagingSomewhere(actor) : byManaging(actor, domains),
};
