import pg from 'pg';

/** PostgreSQL type -> TypeScript type, as our driver settings parse them. */
const types: Record<string, string> = {
  text: 'string',
  uuid: 'string',
  name: 'string',
  float8: 'number',
  int4: 'number',
  int8: 'number',
  bool: 'boolean',
  bytea: 'Buffer',
  timestamptz: 'Date',
  tsvector: 'string',
  jsonb: 'Json',
  _int4: 'number[]',
  _text: 'string[]',
  _uuid: 'string[]',
};

/** The text of `schema.ts` for a migrated database. A test holds the committed file against it. */
export async function generateSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{
      t: string;
      c: string;
      type: string;
      required: boolean;
      automatic: boolean;
      fixed: boolean;
    }>(`
      select c.relname t, a.attname c, ty.typname type, a.attnotnull required,
             a.atthasdef or a.attidentity <> '' automatic, a.attgenerated <> '' or a.attidentity = 'a' fixed
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type ty on ty.oid = a.atttypid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      order by c.relname, a.attnum`);
    return render(rows);
  } finally {
    await client.end();
  }
}

type Row = { t: string; c: string; type: string; required: boolean; automatic: boolean; fixed: boolean };

function render(rows: Row[]): string {
  const tables = [...new Set(rows.map((row) => row.t))];
  const lines = [
    '// Written by `npm run schema` from the migrations. Do not edit by hand.',
    "import type { ColumnType, GeneratedAlways, Generated, JSONColumnType } from 'kysely';",
    '',
    '/** Parsed where it is read; the column holds what our own code wrote. */',
    'type Json = JSONColumnType<object, object | string, object | string>;',
    'type Timestamp = ColumnType<Date, Date | string, Date | string>;',
    'type NullableTimestamp = ColumnType<Date | null, Date | string | null, Date | string | null>;',
    '',
    'export interface Database {',
    ...tables.map((table) => `  ${table}: ${pascal(table)}Table;`),
    '}',
  ];
  for (const table of tables) {
    lines.push('', `export interface ${pascal(table)}Table {`);
    for (const row of rows.filter((r) => r.t === table)) lines.push(`  ${row.c}: ${columnType(row)};`);
    lines.push('}');
  }
  return `${lines.join('\n')}\n`;
}

function columnType(row: Row): string {
  const base = types[row.type];
  if (base === undefined) throw new Error(`no TypeScript type is known for ${row.type} (${row.t}.${row.c})`);
  if (row.type === 'timestamptz') {
    const stamp = row.required ? 'Timestamp' : 'NullableTimestamp';
    return row.automatic
      ? `Generated<${stamp}>`.replace(
          'Generated<Timestamp>',
          'ColumnType<Date, Date | string | undefined, Date | string>',
        )
      : stamp;
  }
  if (row.type === 'jsonb') {
    const nullable = row.required ? 'object' : 'object | null';
    const insert = row.automatic ? `${nullable} | string | undefined` : `${nullable} | string`;
    return row.required && !row.automatic ? 'Json' : `ColumnType<${nullable}, ${insert}, ${nullable} | string>`;
  }
  const type = row.required ? base : `${base} | null`;
  if (row.fixed) return `GeneratedAlways<${type}>`;
  return row.automatic ? `Generated<${type}>` : type;
}

const pascal = (name: string): string =>
  name
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
