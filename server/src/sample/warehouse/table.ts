import pg from 'pg';
import { literal } from './expressions.ts';

/** Name, type, value as an SQL expression over the row number `i`, comment. */
export type ColumnSpec = readonly [name: string, type: string, value: string, comment: string];

export type TableSpec = {
  name: string;
  comment: string;
  rows: number;
  columns: readonly ColumnSpec[];
  /** Column to `schema.table`; always to that table's `id`. Added when all tables are full. */
  references?: Readonly<Record<string, string>>;
};

export type ViewSpec = { name: string; comment: string; query: string };

export type SchemaSpec = { name: string; comment: string; tables: readonly TableSpec[]; views: readonly ViewSpec[] };

const quote = pg.escapeIdentifier;

export function fillStatements(schema: SchemaSpec): string[] {
  return [
    `create schema ${quote(schema.name)}`,
    `comment on schema ${quote(schema.name)} is ${literal(schema.comment)}`,
    ...schema.tables.flatMap((table) => tableStatements(`${quote(schema.name)}.${quote(table.name)}`, table)),
  ];
}

// Filled first and constrained afterwards, which takes half the time.
function tableStatements(path: string, { columns, comment, rows }: TableSpec): string[] {
  const definitions = columns.map(([name, type]) => `${quote(name)} ${type}`);
  const values = columns.map(([, , value]) => value);
  const hasId = columns.some(([name]) => name === 'id');
  return [
    `create table ${path} (${definitions.join(', ')})`,
    `insert into ${path} select ${values.join(', ')} from generate_series(1, ${rows}) as i`,
    ...(hasId ? [`alter table ${path} add primary key (id)`] : []),
    `comment on table ${path} is ${literal(comment)}`,
    ...columns
      .filter(([, , , text]) => text !== '')
      .map(([name, , , text]) => `comment on column ${path}.${quote(name)} is ${literal(text)}`),
  ];
}

/** What needs the tables of other schemas: foreign keys and views. */
export function connectStatements(schema: SchemaSpec): string[] {
  const keys = schema.tables.flatMap(({ name, references }) =>
    Object.entries(references ?? {}).map(
      ([column, target]) =>
        `alter table ${quote(schema.name)}.${quote(name)} add foreign key (${quote(column)}) references ${target} (id)`,
    ),
  );
  const views = schema.views.flatMap(({ name, comment, query }) => {
    const path = `${quote(schema.name)}.${quote(name)}`;
    return [`create view ${path} as ${query}`, `comment on view ${path} is ${literal(comment)}`];
  });
  return [...keys, ...views];
}
