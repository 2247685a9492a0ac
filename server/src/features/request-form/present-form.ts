import type { RequestType } from '@stoa/contract/enums';
import type { RequestForm } from '@stoa/contract/request-form';
import type { TargetRequestForm } from '@stoa/contract/asset';
import { abilities } from '@stoa/core/permissions/abilities';
import type { Actor } from '@stoa/core/permissions/objects';
import { presentAbilities } from '../data-product/present-abilities.ts';
import { type FormUses, formObject } from './form-uses.ts';
import type { LoadedForm } from './load-forms.ts';
import { presentFlow } from './stored-flow.ts';

/** The form as it is now, with what uses it and what the caller may do with it. */
export const presentForm = (actor: Actor, form: LoadedForm, uses: FormUses): RequestForm => ({
  ...presentPlain(form),
  usedBy: { dataProducts: uses.dataProducts, assets: uses.assets },
  abilities: presentAbilities(abilities(actor, formObject(form, uses))),
});

/** The form as a target shows it to whoever wants to ask. */
export const presentTargetForm = (form: LoadedForm, requestType: RequestType): TargetRequestForm => ({
  ...presentPlain(form),
  requestType,
});

/** A version by itself. */
export const presentPlain = (form: LoadedForm): RequestForm => ({
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
  versionNumber: form.number,
  standard: form.isStandard,
});
