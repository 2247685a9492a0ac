import { z } from 'zod';
import { Refusal } from '../../http/refusal.ts';

export type Fields = Readonly<Record<string, unknown>>;
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const valueRefused = (name: string, why: string): Refusal =>
  new Refusal('scim.value_refused', { detail: `${name.slice(0, 200)} ${why}. Nothing was changed.` });

/** Directories take a value away by sending nothing in its place. */
export const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** A value as it is, also where it comes in a list of one, or as the `value` of an object, as references do. */
function bareOf(value: unknown): unknown {
  const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return isFields(one) && Object.hasOwn(one, 'value') ? one['value'] : one;
}

export function textOf(name: string, value: unknown, form: z.ZodType<string>): string {
  const bare = bareOf(value);
  if (!['string', 'number', 'boolean'].includes(typeof bare)) throw valueRefused(name, 'is no text');
  const read = form.safeParse(String(bare).normalize('NFC').trim());
  if (!read.success) throw valueRefused(name, read.error.issues[0]?.message ?? 'cannot be stored');
  return read.data;
}

/** A yes or no; some directories write it as a text. */
export function booleanOf(name: string, value: unknown): boolean {
  const bare = bareOf(value);
  if (typeof bare === 'boolean') return bare;
  const word = typeof bare === 'string' ? bare.trim().toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true';
  throw valueRefused(name, 'is neither true nor false');
}

const mostValues = 200;

export function textsOf(name: string, value: unknown, form: z.ZodType<string>): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > mostValues) throw valueRefused(name, `has more than ${mostValues} values`);
  return [...new Set(list.filter((one) => !isNothing(one)).map((one) => textOf(name, one, form)))];
}

export const fieldsOf = (name: string, value: unknown): Fields => {
  if (!isFields(value)) throw valueRefused(name, 'is no object');
  return value;
};
