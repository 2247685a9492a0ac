import type { Action } from '@stoa/contract/action';
import { type Answer, no } from './answer.ts';
import type { Actor, ObjectOf } from './objects.ts';
import { accessRequestRules } from './rules-access-request.ts';
import { administrationRules } from './rules-administration.ts';
import { catalogueRules } from './rules-catalogue.ts';
import { dataObjectRules } from './rules-data-object.ts';
import { formRules } from './rules-form.ts';
import { policyRules } from './rules-policy.ts';
import { identificationRules } from './rules-identification.ts';
import { productRules } from './rules-product.ts';

/** One rule per action; each starts from no. The type refuses a forgotten action. */
export type Rules<Actions extends Action = Action> = {
  readonly [A in Actions]: (actor: Actor, object: ObjectOf[A]) => Answer;
};

const rules: Rules = {
  ...administrationRules,
  ...catalogueRules,
  ...dataObjectRules,
  ...productRules,
  ...formRules,
  ...identificationRules,
  ...accessRequestRules,
  ...policyRules,
};

/**
 * May the actor do this to this object? The one permission check, for server, web and notices alike. It takes the loaded
 * (and locked) object, never an id, and answers with a reason that a person can read. State (pending, suspended) is not
 * its matter, only right.
 */
export const may = <A extends Action>(actor: Actor, action: A, object: ObjectOf[A]): Answer => {
  if (actor.status !== 'active') return no('Your account is disabled.');
  const rule: Rules[A] = rules[action];
  return rule(actor, object);
};
