import type { TargetEventName } from '@stoa/contract/event-type';
import type { DomainRef } from '@stoa/core/permissions/objects';
import type { Emission } from '../../work/emission.ts';

type About = { readonly id: string; readonly name: string; readonly domains: readonly DomainRef[] };

/** What happened to a data product itself. */
export const productEvent = (
  { id, name, domains }: About,
  event: TargetEventName,
  data: Readonly<Record<string, unknown>> = {},
): Emission => ({
  type: `marketplace.data_product.${event}`,
  targetId: id,
  domainId: domains[0]?.id,
  data: { name, domainIds: domains.map((domain) => domain.id), ...data },
});
