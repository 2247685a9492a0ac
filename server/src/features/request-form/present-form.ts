import type { RequestType } from '@stoa/contract/enums';
import type { RequestForm } from '@stoa/contract/request-form';
import type { TargetRequestForm } from '@stoa/contract/asset';
import { abilities } from '@stoa/core/permissions/abilities';
import type { Actor, DomainRef } from '@stoa/core/permissions/objects';
import { reviewersOf } from '@stoa/core/review/flow';
import { presentAbilities } from '../data-product/present-abilities.ts';
import type { LoadedForm } from './load-forms.ts';
import { presentFlow } from './stored-flow.ts';

/** `usedIn`: the domains of all products that use it. */
export const presentForm = (actor: Actor, form: LoadedForm, usedIn: readonly DomainRef[]): RequestForm => ({
  ...presentPlain(form),
  abilities: presentAbilities(
    abilities(actor, {
      kind: 'request-form',
      name: form.name,
      isStandard: form.isStandard,
      usedByAsset: false,
      domains: usedIn,
      reviewers: reviewersOf(form.policy),
    }),
  ),
});

/** The form as a target shows it to whoever wants to ask. */
export const presentTargetForm = (form: LoadedForm, requestType: RequestType): TargetRequestForm => ({
  ...presentPlain(form),
  requestType,
});

const presentPlain = (form: LoadedForm): RequestForm => ({
  id: form.formId,
  name: form.name,
  fields: [...form.fields],
  policy: presentFlow(form.policy),
  dataUseAgreements: [...form.agreements],
  createdBy: form.createdBy,
  updatedBy: form.updatedBy,
  createdAt: form.createdAt.toISOString(),
  updatedAt: form.updatedAt.toISOString(),
  version: form.version,
  standard: form.isStandard,
});
