import { postgresConnector } from '@stoa/connectors/postgres/connector';
import { builtIns } from '@stoa/core/identification/built-ins';
import { isCompetitive } from '@stoa/core/identification/identifier';
import { judgeColumn } from '@stoa/core/identification/judge-column';
import { questionsOf } from '@stoa/core/identification/plan-questions';
import { sampleSize } from '@stoa/core/identification/sample-size';

/** What a run with the built-in identifiers finds: `schema.table.column` and the names of what it is tagged as. */
export async function identifyWarehouse(config: object, credentials: object): Promise<Record<string, string[]>> {
  const ids = { installationId: 'sample', connectionId: 'sample', namePrefix: 'stoa_' };
  const session = await postgresConnector.open({ config, credentials, ...ids });
  const rows = sampleSize(builtIns.filter(isCompetitive).length);
  const found: Record<string, string[]> = {};
  try {
    for await (const { objectPath, platformId, columns } of session.crawl([])) {
      if (objectPath.length < 3) continue;
      const asked = columns.map((column) => ({
        name: column.name,
        tests: questionsOf(column, builtIns).map(({ identifierId, test }) => ({ key: identifierId, test })),
      }));
      const counts = await session.sample({
        objectPath,
        platformId,
        rows,
        columns: asked.filter((one) => one.tests.length > 0),
      });
      for (const column of columns) {
        const sample = counts.columns.find((one) => one.name === column.name);
        const hits = new Map(sample?.hits.map((one) => [one.key, one.hits]));
        const evidence = judgeColumn(column, builtIns, sample === undefined ? null : { nonNull: sample.nonNull, hits });
        const names = evidence
          .filter((one) => one.outcome === 'tagged')
          .map((one) => builtIns.find((other) => other.id === one.identifierId)?.name ?? '');
        if (names.length > 0) found[[...objectPath.slice(1), column.name].join('.')] = names;
      }
    }
  } finally {
    await session.close();
  }
  return found;
}
