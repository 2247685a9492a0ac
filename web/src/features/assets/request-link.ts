import type { RequestType } from '@stoa/contract/enums';
import { membersOf } from '../../lib/members.ts';

const types: Readonly<Record<string, RequestType>> = {
  'data-access': 'DATA_ACCESS',
  'masking-exception': 'MASKING_EXCEPTION',
};

/**
 * What a link asks for. A value that is neither goes on as access to the data, and is handed on, so that the page can say
 * so instead of doing something else in silence.
 */
export function requestTypeOf(value: string | undefined): {
  readonly type: RequestType;
  readonly wrong: string | undefined;
  readonly search: { readonly type?: string };
} {
  if (value === undefined || value === '') return { type: 'DATA_ACCESS', wrong: undefined, search: {} };
  const type = Object.hasOwn(types, value) ? types[value] : undefined;
  return type === undefined
    ? { type: 'DATA_ACCESS', wrong: value, search: { type: value } }
    : { type, wrong: undefined, search: type === 'DATA_ACCESS' ? {} : { type: value } };
}

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
