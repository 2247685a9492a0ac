import type { SampleRefusal } from '@stoa/contract/identification';
import { ConnectorError } from '@stoa/connectors/connector';
import type { SampleCounts } from '@stoa/connectors/sample';
import type { ColumnFamily, Identifier } from '@stoa/core/identification/identifier';
import { isCompetitive } from '@stoa/core/identification/identifier';
import { identifiersOf, type SetEntry } from '@stoa/core/identification/identifier-set';
import { judgeColumn } from '@stoa/core/identification/judge-column';
import { questionsOf } from '@stoa/core/identification/plan-questions';
import { sampleSize } from '@stoa/core/identification/sample-size';
import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import type { StoredIdentifier } from '../identifier/load-identifiers.ts';
import type { Run } from './run.ts';
import { type ColumnSight, storeSight } from './store-sight.ts';

type Work = {
  readonly run: Run;
  readonly dataSourceId: number;
  readonly identifiers: readonly StoredIdentifier[];
  readonly entries: readonly SetEntry[];
};

type Column = { ordinal: number; name: string; typeFamily: ColumnFamily };
type Source = {
  connectionId: string;
  connectionState: string;
  dataObjectId: string;
  platformId: string | null;
  objectPath: string[];
  isThere: boolean;
  domainIds: string[];
  columns: Column[];
};

/** Has the values of one source counted on its platform, judges its columns, and stores what came of it. */
export async function lookAtSource(deps: Deps, work: Work): Promise<void> {
  const source = await loadSource(deps, work.dataSourceId);
  const about = { run: work.run, dataSourceId: work.dataSourceId, dataObjectId: source?.dataObjectId ?? '' };
  if (source === undefined || !source.isThere || source.platformId === null) {
    return storeSight(deps, { ...about, refused: 'disabled', columns: [] });
  }
  const identifiers = identifiersOf(work.identifiers, source.domainIds, work.entries);
  const counts = await count(deps, source, identifiers);
  if (typeof counts === 'string') {
    return storeSight(deps, { ...about, refused: counts, columns: sightsOf(source, identifiers, null) });
  }
  const whole = counts.refused.find((one) => one.column === null)?.reason ?? null;
  return storeSight(deps, { ...about, refused: whole, columns: sightsOf(source, identifiers, counts) });
}

async function count(
  deps: Deps,
  source: Source,
  identifiers: readonly Identifier[],
): Promise<SampleCounts | SampleRefusal> {
  if (source.connectionState !== 'active') return 'unreachable';
  const columns = source.columns
    .map((column) => ({
      name: column.name,
      tests: questionsOf(column, identifiers).map(({ identifierId, test }) => ({ key: identifierId, test })),
    }))
    .filter(({ tests }) => tests.length > 0);
  if (columns.length === 0) return { columns: [], refused: [] };
  const { objectPath, platformId } = source;
  const rows = sampleSize(identifiers.filter(isCompetitive).length);
  try {
    const session = await deps.platforms.session(source.connectionId);
    return await session.sample({ objectPath, platformId: platformId ?? '', rows, columns });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    deps.log.warn({ err: error, connection: source.connectionId }, 'a sample could not be taken');
    return 'unreachable';
  }
}

/** What each column came to. `counts` null: the platform did not answer, and only names are judged. */
function sightsOf(
  source: Source,
  identifiers: readonly Identifier[],
  counts: SampleCounts | null,
): readonly ColumnSight[] {
  return source.columns.map((column) => {
    const sample = counts?.columns.find((one) => one.name === column.name);
    const refusal = counts?.refused.find((one) => one.column === column.name || one.column === null)?.reason ?? null;
    const hits = new Map(sample?.hits.map(({ key, hits: n }) => [key, n]));
    const judged = judgeColumn(column, identifiers, sample === undefined ? null : { nonNull: sample.nonNull, hits });
    return {
      ordinal: column.ordinal,
      name: column.name,
      rows: sample?.rows ?? null,
      nonNull: sample?.nonNull ?? null,
      reason: refusal,
      evidence: judged.flatMap((one) => {
        const identifier = identifiers.find((other) => other.id === one.identifierId);
        return identifier === undefined ? [] : [{ ...one, name: identifier.name, tags: identifier.tags }];
      }),
    };
  });
}

async function loadSource(deps: Deps, id: number): Promise<Source | undefined> {
  const { rows } = await sql<Source>`
    select s.connection_id as "connectionId", c.state as "connectionState", o.id as "dataObjectId", o.platform_id as "platformId",
      o.object_path as "objectPath", s.enabled and o.missing_since is null and o.hold is null as "isThere",
      array(select x.domain_id from domain_data_source x where x.data_source_id = s.id) as "domainIds",
      (select coalesce(json_agg(json_build_object('ordinal', k.ordinal, 'name', k.name, 'typeFamily', k.type_family) order by k.ordinal), '[]')
        from data_source_column k where k.data_source_id = s.id) as columns
    from data_source s join data_object o on o.id = s.data_object_id join connection c on c.id = s.connection_id
    where s.id = ${id}`.execute(deps.db);
  return rows[0];
}
