import type { Emission } from '../../work/emission.ts';

type Domain = { readonly id: string; readonly name: string };
type Move = { readonly added: readonly number[]; readonly removed: readonly number[] };
/** A tag on a database may move a hundred thousand: so many are named. */
const mostNamed = 500;

/** That data sources came into a domain, and that others left it: one event each. */
export const domainEvents = ({ id, name }: Domain, { added, removed }: Move): readonly Emission[] =>
  (
    [
      ['stoa.domain.data_source_added', added],
      ['stoa.domain.data_source_removed', removed],
    ] as const
  ).flatMap(([type, ids]) =>
    ids.length === 0
      ? []
      : [
          {
            type,
            targetId: id,
            domainId: id,
            data: { domain: { id, name }, dataSourceIds: ids.slice(0, mostNamed), count: ids.length },
          },
        ],
  );
