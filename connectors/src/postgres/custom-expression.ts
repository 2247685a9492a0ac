/**
 * Words that begin a statement, read another table or reach outside. An expression of a custom mask is written by a governor and
 * runs in every reader's query: it is one expression over its column, and nothing else.
 */
const refusedWords =
  /^(select|from|with|table|values|insert|update|delete|merge|create|alter|drop|grant|revoke|copy|call|do|execute|prepare|set|reset|exists|union|intersect|except|into|returning|lateral|array_agg|random|gen_random_uuid|clock_timestamp|timeofday|nextval|setval|currval|pg_sleep\w*|pg_read\w*|pg_ls\w*|pg_stat_file|lo_\w+|dblink\w*|query_to_xml\w*|table_to_xml\w*|set_config|current_setting|pg_terminate_backend|pg_cancel_backend|pg_advisory\w*|pg_notify)$/i;

const piece = /\s+|'(?:[^']|'')*'|[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d+)?|@column|::|\|\||[-+*/%<>=!~^#&|?(),.[\]]/y;

/** Why a text cannot be a custom mask; null when it can be tried. No comments, no quoted names, no second statement. */
export function customFault(expression: string): string | null {
  let at = 0;
  let depth = 0;
  let namesColumn = false;
  while (at < expression.length) {
    piece.lastIndex = at;
    const found = piece.exec(expression)?.[0];
    if (found === undefined || expression.startsWith('--', at) || expression.startsWith('/*', at))
      return `"${expression.slice(at, at + 10)}" cannot stand in a custom mask`;
    if (refusedWords.test(found)) return `"${found}" cannot stand in a custom mask`;
    if (found.startsWith("'") && found.includes('\\')) return 'a backslash cannot stand in a text of a custom mask';
    if (found === '@column') namesColumn = true;
    if (found === '(') depth += 1;
    if (found === ')') depth -= 1;
    if (depth < 0) return 'a bracket is closed that was never opened';
    at += found.length;
  }
  if (depth !== 0) return 'a bracket is never closed';
  return namesColumn ? null : 'the expression must name @column';
}

/** The expression over a column. Inside a text, `@column` is text: a column may have any name. */
export function customSql(expression: string, column: string): string {
  if (customFault(expression) !== null) throw new Error('a custom mask that was never proven');
  const parts: string[] = [];
  for (let at = 0; at < expression.length; ) {
    piece.lastIndex = at;
    const found = piece.exec(expression)?.[0] ?? expression.slice(at, at + 1);
    parts.push(found === '@column' ? column : found);
    at += found.length;
  }
  return `(${parts.join('')})`;
}
