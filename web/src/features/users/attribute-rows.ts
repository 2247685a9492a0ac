import type { Attributes } from '@stoa/contract/person';

/** One attribute as it is edited: its values stand in one field, separated by commas. */
export type AttributeRow = { readonly name: string; readonly values: string };

export const rowsOfAttributes = (attributes: Attributes): readonly AttributeRow[] =>
  Object.entries(attributes).map(([name, values]) => ({ name, values: values.join(', ') }));

/** Rows without a name or without a value are left out; a name that stands twice gathers its values. */
export function attributesOfRows(rows: readonly AttributeRow[]): Attributes {
  const attributes: Attributes = {};
  for (const row of rows) {
    const name = row.name.trim();
    const values = row.values
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    if (name === '' || values.length === 0) continue;
    attributes[name] = [...new Set([...(attributes[name] ?? []), ...values])];
  }
  return attributes;
}
