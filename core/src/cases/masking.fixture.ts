import { dataBody } from '@stoa/contract/policy';
import type { Exposure } from '@stoa/contract/enums';
import { sourceFacts } from '../condition/facts.ts';
import type { ColumnFamily, DataPolicy, GovernedSource, MaskAbilities } from '../masking/model.ts';

export type ColumnText = { type?: string; tags?: string[] };

const families: readonly (readonly [RegExp, ColumnFamily])[] = [
  [/^(smallint|integer|bigint)$/, 'integer'],
  [/^numeric/, 'decimal'],
  [/^(real|double)/, 'float'],
  [/^(text|character)/, 'text'],
  [/^timestamp/, 'timestamp'],
  [/^date$/, 'date'],
  [/^time /, 'time'],
  [/^boolean$/, 'boolean'],
  [/^uuid$/, 'uuid'],
  [/^bytea$/, 'binary'],
  [/^json/, 'json'],
];

/** A source with columns as a case writes them. */
export function sourceOf(
  columns: Record<string, ColumnText>,
  { tags = [], exposure = 'auto' }: { tags?: string[]; exposure?: Exposure } = {},
): GovernedSource {
  const list = Object.entries(columns).map(([name, { type = 'text', tags: own = [] }], n) => ({
    ordinal: n + 1,
    name,
    nativeType: type,
    family: families.find(([pattern]) => pattern.test(type))?.[1] ?? ('other' as const),
    tags: new Set(own),
  }));
  const rows = list.map((column) => ({ name: column.name, tags: [...column.tags] }));
  const place = { dataSourceId: 1, connectionKey: 'wh', hostname: null, objectPath: ['db', 'hr', 'staff'] };
  return {
    facts: sourceFacts({ ...place, tags, columns: rows }),
    domainIds: new Set(),
    columns: list,
    exposure,
  };
}

/** A policy as a case writes it; what it leaves out is `everyone`, everywhere. */
export function policyOf(number: number, body: object, decisions?: DataPolicy['decisions']): DataPolicy {
  const given = { who: { for: 'everyone' }, circumstances: [{ type: 'all' }], ...body };
  return {
    id: `id-${number}`,
    number,
    policyKey: `d${number}`,
    name: `Policy ${number}`,
    scope: { kind: 'global' },
    body: dataBody.parse(given),
    decisions,
  };
}

/** A platform that can do all of the first stage. */
export const everything: MaskAbilities = {
  maskTypes: new Set(['null', 'constant', 'regex', 'hash', 'rounding', 'custom']),
  rowKinds: new Set(['match', 'where', 'time']),
  provenCustom: new Set(),
};
