const longestPath = 3;

/** `schema.table`, with names in double quotes where they hold a dot, as names below the database; null for what is no such list. */
export function readPath(text: string, database: string): string[] | null {
  const names: string[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = /^(?:"((?:[^"]|"")+)"|([^."]+))(\.(?=.)|$)/.exec(rest);
    if (match === null) return null;
    names.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    rest = rest.slice(match[0].length);
  }
  if (names.length === 0) return [];
  const path = names[0] === database ? names : [database, ...names];
  return path.length > longestPath ? null : path;
}
