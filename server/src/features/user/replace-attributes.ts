import type { AuditEntry } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';

export type AttributeChange = { name: string; value: string };
export type AttributePrincipal = { type: 'user' | 'group'; id: string };

/**
 * Makes the attributes that a user or group has from one source, by hand unless told otherwise, exactly those wanted. Rows that stay
 * keep who added them and when, since four eyes looks at that; rows of other sources are not touched.
 */
export async function replaceAttributes(
  tx: Tx,
  principal: AttributePrincipal,
  change: { wanted: Readonly<Record<string, readonly string[]>>; addedBy: string | null; source?: string },
): Promise<{ added: AttributeChange[]; removed: AttributeChange[] }> {
  const { source = 'local' } = change;
  const isOfPrincipal = tx
    .selectFrom('attribute')
    .select(['name', 'value'])
    .where('principal_type', '=', principal.type)
    .where('principal_id', '=', principal.id)
    .where('source', '=', source);
  const before = await isOfPrincipal.execute();
  const key = (a: AttributeChange) => JSON.stringify([a.name, a.value]);
  const wanted = new Map(
    Object.entries(change.wanted).flatMap(([name, values]) =>
      values.map((value) => [key({ name, value }), { name, value }] as const),
    ),
  );
  const had = new Set(before.map(key));
  const added = [...wanted.values()].filter((a) => !had.has(key(a)));
  const removed = before.filter((a) => !wanted.has(key(a)));
  for (const a of removed) {
    await tx
      .deleteFrom('attribute')
      .where('principal_type', '=', principal.type)
      .where('principal_id', '=', principal.id)
      .where('source', '=', source)
      .where('name', '=', a.name)
      .where('value', '=', a.value)
      .execute();
  }
  if (added.length > 0) {
    await tx
      .insertInto('attribute')
      .values(
        added.map((a) => ({
          principal_type: principal.type,
          principal_id: principal.id,
          name: a.name,
          value: a.value,
          added_by: change.addedBy,
          source,
        })),
      )
      .execute();
  }
  return { added, removed };
}

/** One audit row for what was added and one for what was taken away; none for nothing. */
export const attributeAudit = (
  entry: Omit<AuditEntry, 'action' | 'payload'>,
  change: { added: AttributeChange[]; removed: AttributeChange[] },
): AuditEntry[] => [
  ...(change.added.length > 0 ? [{ ...entry, action: 'AttributeApplied', payload: { attributes: change.added } }] : []),
  ...(change.removed.length > 0
    ? [{ ...entry, action: 'AttributeRemoved', payload: { attributes: change.removed } }]
    : []),
];
