import { type RawBuilder, sql } from 'kysely';

type Listed = { readonly product: RawBuilder<unknown>; readonly source: RawBuilder<unknown> };

/** Whether a source that a product lists is in none of the domains of the product. */
export const hasLeftDomains = ({ product, source }: Listed) => sql<boolean>`not exists (
  select from domain_data_source x join data_product_domain pd on pd.domain_id = x.domain_id
  where pd.data_product_id = ${product} and x.data_source_id = ${source})`;

/** Whether the role of a product was seen to hold a source when its platform was last looked at. */
export const isHeldByRole = ({ product, source }: Listed) => sql<boolean>`exists (
  select from container_object k where k.target_id = ${product} and k.data_source_id = ${source} and k.state = 'ACTIVE')`;

/** What follows for whoever gets a product, of a source that has left its domains. */
export const leftDomainWords = (isHeld: boolean): string =>
  isHeld
    ? "It has left the product's domains, but the product's role on the platform holds it already: whoever gets the product reads it"
    : "It has left the product's domains, and the product's role on the platform does not hold it: it is granted to nobody until that is settled";
