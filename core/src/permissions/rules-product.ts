import { listed } from '../listed.ts';
import { hasPermission } from '../person.ts';
import { type Allowed, type Answer, type Denied, hidden, needsInDomains, yes } from './answer.ts';
import type { Rules } from './may.ts';
import {
  type Actor,
  type DataProductObject,
  type DomainRef,
  type ProductEdit,
  type ProductField,
  productFields,
} from './objects.ts';
import { domainsNotManaged, isGovernor, isManager, isOwner, isSteward, managesSomewhere } from './standing.ts';

const governs = yes('You hold Governance.');
const manages = (domains: readonly DomainRef[]): Allowed =>
  yes(`You hold Manage Data Products in ${listed(domains.map((d) => d.name))}.`);

/** `G`, or `M` in all of the domains. */
export const byManaging = (actor: Actor, domains: readonly DomainRef[]): Answer => {
  if (isGovernor(actor)) return governs;
  return isManager(actor, domains)
    ? manages(domains)
    : needsInDomains('Manage Data Products', domainsNotManaged(actor, domains));
};

/** `G`, or `M` in some domain: for what is not in any domain yet. */
export const byManagingSomewhere = (actor: Actor): Answer => {
  if (isGovernor(actor)) return governs;
  return managesSomewhere(actor)
    ? yes('You hold Manage Data Products in a domain.')
    : needsInDomains('Manage Data Products', []);
};

const readProduct = (actor: Actor, p: DataProductObject): Answer => {
  if (p.deleted) return hidden();
  if (p.shownToConsumers) return yes('Data products are shown to everybody who is signed in.');
  if (isGovernor(actor)) return governs;
  if (hasPermission(actor, 'AUDIT')) return yes('You hold Audit.');
  if (isManager(actor, p.domains)) return manages(p.domains);
  if (isSteward(actor, p.reviewers, p.domains)) return yes('You are a steward of it.');
  return p.callerHasRequest ? yes('You have asked for it.') : hidden();
};

const ownersFields: readonly ProductField[] = [
  'dataAccessRequestFormId',
  'maskingExceptionRequestFormId',
  'dataAccessReviewFlow',
  'maskingExceptionReviewFlow',
];
const stewardsFields: readonly ProductField[] = ['description', 'metadata'];

/** The members of a product that the actor may change; none for who may change nothing. */
export const alterableFields = (actor: Actor, product: DataProductObject): readonly ProductField[] => {
  if (product.deleted || actor.status !== 'active') return [];
  if (isGovernor(actor)) return productFields;
  if (isManager(actor, product.domains)) {
    const owner = isOwner(actor, product);
    return productFields.filter((f) => f !== 'owners' && (owner || !ownersFields.includes(f)));
  }
  return isSteward(actor, product.reviewers, product.domains) ? stewardsFields : [];
};

const whoChanges = (field: ProductField): string => {
  if (field === 'owners') return 'holders of Governance';
  return ownersFields.includes(field)
    ? 'its owners and holders of Governance'
    : 'its managers and holders of Governance';
};

/** A sentence for each group of people, since what they may change differs. */
const fieldForbidden = (refused: readonly ProductField[]): Denied => ({
  allowed: false,
  code: 'data_product.field_forbidden',
  reason: [...new Set(refused.map(whoChanges))]
    .map((who) => `Only ${who} may change ${listed(refused.filter((field) => whoChanges(field) === who))}.`)
    .join(' '),
});

const alterProduct = (actor: Actor, object: ProductEdit | DataProductObject): Answer => {
  const product = object.kind === 'product-edit' ? object.product : object;
  const readable = readProduct(actor, product);
  if (!readable.allowed) return readable;
  const fieldsAllowed = alterableFields(actor, product);
  if (fieldsAllowed.length === 0) return byManaging(actor, product.domains);
  if (object.kind === 'product-edit') {
    const refused = object.fields.filter((f) => !fieldsAllowed.includes(f));
    if (refused.length > 0) return fieldForbidden(refused);
    const moved = byManaging(actor, object.domainsAfter ?? product.domains);
    if (object.domainsAfter !== undefined && !moved.allowed) return moved;
  }
  if (fieldsAllowed.length === productFields.length) return { ...governs, fieldsAllowed };
  const managing = byManaging(actor, product.domains);
  return managing.allowed ? { ...managing, fieldsAllowed } : { ...yes('You are a steward of it.'), fieldsAllowed };
};

/** Data products. */
export const productRules: Rules<
  'data-product.read' | 'data-product.create' | 'data-product.alter' | 'data-product.manage' | 'data-product.members'
> = {
  'data-product.read': (actor, product) =>
    product.kind === 'none' ? yes('Each data product is asked about by itself.') : readProduct(actor, product),
  'data-product.create': (actor, object) =>
    object.kind === 'none' ? byManagingSomewhere(actor) : byManaging(actor, object.domains),
  'data-product.alter': alterProduct,
  'data-product.manage': (actor, product) => {
    const readable = readProduct(actor, product);
    return readable.allowed ? byManaging(actor, product.domains) : readable;
  },
  'data-product.members': readProduct,
};
