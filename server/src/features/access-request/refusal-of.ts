import type { Refused } from '@stoa/core/refusal';
import { Refusal } from '../../http/refusal.ts';

/** What a rule refused, as the answer to a call. */
export const refusalOf = ({ code, detail, facts, errors }: Refused): Refusal =>
  new Refusal(code, {
    detail,
    ...(facts === undefined ? {} : { extra: { ...facts } }),
    ...(errors === undefined ? {} : { errors: [...errors] }),
  });
