import { membersOf } from '../../lib/members.ts';

/** One of several assets that have the name of a link. */
export type LinkCandidate = {
  readonly id: string;
  readonly connectionKey: string;
  readonly path: string;
  readonly kind: string;
  readonly technology: string;
  readonly host: string;
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The candidates that a refusal carries; whatever has another form is passed over. */
export function candidatesOf(body: unknown): LinkCandidate[] {
  const { candidates } = membersOf(body);
  if (!Array.isArray(candidates)) return [];
  return candidates.flatMap((one) => {
    const { id, connectionKey, objectPath, legacyType, technology, host } = membersOf(one);
    if (typeof id !== 'string' || !Array.isArray(objectPath)) return [];
    return [
      {
        id,
        connectionKey: text(connectionKey),
        path: objectPath.map(String).join('.'),
        kind: text(legacyType),
        technology: text(technology),
        host: text(host),
      },
    ];
  });
}
