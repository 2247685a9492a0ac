import type { RequestType } from '@stoa/contract/enums';

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
