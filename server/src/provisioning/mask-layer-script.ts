import { layerSql } from '@stoa/connectors/postgres/setup-script';
import type { Deps } from '../deps.ts';
import { namePrefix } from './platforms.ts';

/** What masks stand on in a PostgreSQL database, as the setup script makes it; an administrator of the database runs it. */
export const maskLayerScript = (
  { installationId }: Pick<Deps, 'installationId'>,
  about: { account: string; database: string },
): string => layerSql({ ...about, installationId, namePrefix });
