import type { Technology } from '@stoa/contract/enums';
import type { Connector } from '@stoa/connectors/connector';
import { postgresConnector } from '@stoa/connectors/postgres/connector';

/** The technologies that Stoa can speak to; the rest of the enumeration are catalogue entries. */
export const connectors: Partial<Record<Technology, Connector>> = { PostgreSQL: postgresConnector };
