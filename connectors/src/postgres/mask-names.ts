import { createHash } from 'node:crypto';
import type { PostgresSettings } from './config.ts';
import type { ServerFacts } from './server-facts.ts';

/** The role that owns views and what they look up. Nobody signs in as it; our account takes it on to write views. */
export const ownerRole = (facts: Pick<ServerFacts, 'namePrefix'>): string => `${facts.namePrefix}owner`;

/** The schema of what views look up. */
export const ownSchema = 'stoa';

const maxBytes = 63;
const encoder = new TextEncoder();

/** A name that fits: what is too long is cut and told apart by a hash, since the server would cut it without a word. */
function fitted(name: string): string {
  if (encoder.encode(name).length <= maxBytes) return name;
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 8);
  let cut = [...name];
  while (encoder.encode(`${cut.join('')}_${mark}`).length > maxBytes) cut = cut.slice(0, -1);
  return `${cut.join('')}_${mark}`;
}

/** Where the view of a table belongs: a schema named by the settings, or `shared_<schema>`; the name is the table's own. */
export function viewPathOf(
  settings: Pick<PostgresSettings, 'viewSchema' | 'viewSchemas'>,
  [database = '', schema = '', name = '']: readonly string[],
): [string, string, string] {
  const named = Object.hasOwn(settings.viewSchemas, schema) ? settings.viewSchemas[schema] : undefined;
  return [database, fitted(named ?? settings.viewSchema.replaceAll('{schema}', () => schema)), name];
}

/** The comment of a view of ours: `stoa <installation>/<connection> source <id>`. */
export const viewMark = (facts: Pick<ServerFacts, 'installationId' | 'connectionId'>, dataSourceId: number): string =>
  `stoa ${facts.installationId}/${facts.connectionId} source ${dataSourceId}`;

/** The beginning of every such comment. */
export const viewMarkPrefix = (facts: Pick<ServerFacts, 'installationId' | 'connectionId'>): string =>
  `stoa ${facts.installationId}/${facts.connectionId} source `;

/** The comment of the schema and of the owner role: whose they are. */
export const layerMark = (installationId: string): string => `stoa-layer ${installationId}`;
