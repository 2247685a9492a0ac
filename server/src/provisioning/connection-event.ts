import type { Emission } from '../work/emission.ts';

type Connection = { readonly id: string; readonly connectionKey: string };

/** That a connection was read, or that it could not be. */
export const connectionEvent = (
  { id, connectionKey }: Connection,
  name: 'synced' | 'failed',
  data: Readonly<Record<string, unknown>>,
): Emission => ({
  type: `stoa.connection.${name}`,
  targetId: id,
  data: { connection: { id, name: connectionKey }, ...data },
});

type Row = { finding: string; object: string; principal: string; privilege: string };
/** A sweep may find thousands at once: so many are named. */
const mostNamed = 100;

/** What one look at a platform found that was not known before; nothing where there is nothing. */
export const driftEvents = ({ id, connectionKey }: Connection, rows: readonly Row[]): readonly Emission[] =>
  rows.length === 0
    ? []
    : [
        {
          type: 'stoa.drift.found',
          targetId: id,
          data: {
            connection: { id, name: connectionKey },
            findings: rows
              .slice(0, mostNamed)
              .map(({ finding, object, principal, privilege }) => ({ finding, object, principal, privilege })),
            count: rows.length,
          },
        },
      ];
