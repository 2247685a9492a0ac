import type { ErrorCode } from '@stoa/contract/error';
import { Refusal } from './refusal.ts';

/** The last judge of a race is a constraint; its name says what to answer. */
const codes: Record<string, ErrorCode> = {
  app_user__username: 'user.username_taken',
  app_user__username_key: 'user.username_taken',
  user_group__name: 'group.name_taken',
  user_group__name_key: 'group.name_taken',
  domain__name: 'domain.name_taken',
  domain__name_key: 'domain.name_taken',
  tag__name: 'tag.name_taken',
  data_product__name: 'data_product.name_taken',
  data_product__name_key: 'data_product.name_taken',
  data_product__slug: 'data_product.name_taken',
  data_product_pkey: 'data_product.id_taken',
  data_use_agreement__name: 'data_use_agreement.name_taken',
  data_use_agreement_pkey: 'data_use_agreement.id_taken',
  request_form__name: 'request_form.name_taken',
  request_form_pkey: 'request_form.id_taken',
  identifier__name: 'identifier.name_taken',
  identifier__name_key: 'identifier.name_taken',
  identification_run__active: 'identification.running',
  policy__name: 'policy.name_taken',
  policy__key: 'policy.key_taken',
  connection__key: 'connection.key_taken',
  access_request__pending: 'access_request.duplicate',
  identity_provider_pkey: 'identity_provider.id_taken',
  identity_provider__name: 'identity_provider.name_taken',
  identity_provider__issuer: 'identity_provider.issuer_taken',
  scim_person__external_id: 'scim.taken',
  scim_group__external_id: 'scim.taken',
  sign_in_link_pkey: 'sign_in_link.subject_taken',
  platform_identity__name: 'identity.taken',
  platform_identity__principal: 'identity.taken',
};

type DatabaseError = Error & { code: string; constraint?: string };
const isDatabaseError = (error: unknown): error is DatabaseError =>
  error instanceof Error && typeof (error as { code?: unknown }).code === 'string';

/** The refusal that a violated constraint stands for; undefined for everything else. */
export function refusalOfConstraint(error: unknown): Refusal | undefined {
  if (!isDatabaseError(error) || !error.code.startsWith('23') || error.constraint === undefined) return undefined;
  const code = codes[error.constraint];
  return code === undefined ? undefined : new Refusal(code);
}
