import type { Technology } from '@stoa/contract/enums';
import type { Capabilities, Connector } from '@stoa/connectors/connector';
import { postgresConnector } from '@stoa/connectors/postgres/connector';
import { capabilitiesOf } from '@stoa/connectors/postgres/server-facts';

/** The technologies that Stoa can speak to; the rest of the enumeration are catalogue entries. */
export const connectors: Partial<Record<Technology, Connector>> = { PostgreSQL: postgresConnector };

/** What data policies can say on a technology, on every version of it: known without asking a server. */
export const maskCapabilities: Partial<Record<Technology, Pick<Capabilities, 'maskTypes' | 'rowKinds'>>> = {
  PostgreSQL: capabilitiesOf({ versionNumber: 180_000 }),
};
