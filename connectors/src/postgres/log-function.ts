import { quotePrincipal } from './identifiers.ts';
import { ownSchema } from './mask-names.ts';

/** Tells which statements were logged; every value in them is gone before they leave the server. */
export const logFunction = `${ownSchema}.logged_statements`;

/** One call looks at no more of the log than this. */
const mostLogBytes = 4_000_000;
/** A longer statement is not told. */
const longestTold = 20_000;

/*
 * A statement in pieces, each the longest that fits: names and parameters stay, texts become '' and numbers 0, comments go, and any
 * other sign stays. What could be read in two ways is not told at all: backslashes, texts between dollar signs, comments in comments.
 */
const name = '[A-Za-z_\\u0080-\\uffff][A-Za-z0-9_$\\u0080-\\uffff]*';
const kept = `"(?:[^"]|"")*"|${name}|\\$[0-9]+`;
const texts = "[bBxXnN]?'(?:[^']|'')*'|[uU]&'(?:[^']|'')*'";
const numbers = '[0-9][0-9A-Za-z_.]*';
const comments = '--[^\\n]*|/\\*(?:[^*]|\\*+[^*/])*\\*+/';
const pieces = `(${kept})|(${texts})|(${numbers})|(${comments})|(.)`;

/**
 * What a superuser runs so that the account may ask which statements were logged, and for nothing else of the log or of the
 * server's files. It needs the schema of the setup script.
 */
export function logFunctionSql(account: string): string {
  const to = quotePrincipal(account);
  return [
    `CREATE OR REPLACE FUNCTION ${logFunction}(after_file text, after_byte bigint)`,
    '  RETURNS TABLE (log_file text, next_byte bigint, logged_at timestamptz, login text, statement text)',
    '  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $stoa$',
    ...body,
    '$stoa$;',
    `REVOKE ALL ON FUNCTION ${logFunction}(text, bigint) FROM PUBLIC;`,
    `GRANT EXECUTE ON FUNCTION ${logFunction}(text, bigint) TO ${to};`,
  ].join('\n');
}

const body = [
  'DECLARE',
  "  dir text := current_setting('log_directory'); f record; part bytea; ends bigint; seen bigint := 0; line text; entry jsonb; told text[];",
  "  newest text; hers text := '%\"dbname\":' || to_json(current_database()::text)::text || '%';",
  'BEGIN',
  "  SELECT name INTO newest FROM pg_ls_logdir() WHERE name LIKE '%.json' ORDER BY modification DESC, name DESC LIMIT 1;",
  '  -- The first look only says where reading starts.',
  '  IF after_file IS NULL THEN',
  '    RETURN QUERY SELECT l.name, l.size, NULL::timestamptz, NULL::text, NULL::text FROM pg_ls_logdir() l WHERE l.name = newest;',
  '    RETURN;',
  '  END IF;',
  '  log_file := after_file; next_byte := after_byte;',
  '  FOR f IN WITH l AS (SELECT row_number() OVER (ORDER BY modification, name) AS n, name, size FROM pg_ls_logdir()',
  "      WHERE name LIKE '%.json')",
  '    SELECT l.name, l.size, CASE WHEN l.name = after_file AND l.size >= after_byte THEN after_byte ELSE 0 END AS begins FROM l',
  '    WHERE l.n >= coalesce((SELECT o.n FROM l o WHERE o.name = after_file), 0) ORDER BY l.n LOOP',
  '    log_file := f.name; next_byte := f.begins;',
  `    EXIT WHEN seen >= ${mostLogBytes};`,
  `    part := pg_read_binary_file(dir || '/' || f.name, f.begins, ${mostLogBytes} - seen);`,
  '    -- A line that is still being written is left for the next look.',
  '    ends := length(part);',
  '    WHILE ends > 0 AND get_byte(part, ends::int - 1) <> 10 LOOP ends := ends - 1; END LOOP;',
  '    CONTINUE WHEN ends = 0;',
  '    seen := seen + ends; next_byte := f.begins + ends;',
  "    FOR line IN SELECT regexp_split_to_table(convert_from(substr(part, 1, ends::int), 'UTF8'), '\\n') LOOP",
  '      CONTINUE WHEN line NOT LIKE \'%"message":"duration: %\' OR line NOT LIKE hers;',
  '      entry := line::jsonb;',
  "      CONTINUE WHEN entry ->> 'dbname' IS DISTINCT FROM current_database()::text;",
  "      told := regexp_match(entry ->> 'message', '^duration: [0-9.]+ ms  (?:statement|execute [^:]*): (.*)$');",
  '      CONTINUE WHEN told IS NULL;',
  "      logged_at := (entry ->> 'timestamp')::timestamptz; login := entry ->> 'user'; statement := NULL;",
  `      IF length(told[1]) <= ${longestTold} AND told[1] !~ '\\\\|\\$\\$|\\$[A-Za-z_]' THEN`,
  "        SELECT string_agg(coalesce(m.p[1], CASE WHEN m.p[2] IS NOT NULL THEN '''''' WHEN m.p[3] IS NOT NULL THEN '0'",
  "          WHEN m.p[4] IS NOT NULL THEN ' ' ELSE m.p[5] END), '' ORDER BY m.n) INTO statement",
  `        FROM regexp_matches(told[1], $pieces$${pieces}$pieces$, 'g') WITH ORDINALITY AS m (p, n);`,
  "        IF statement LIKE '%*/%' OR statement LIKE '%/*%' THEN statement := NULL; END IF;",
  '      END IF;',
  '      RETURN NEXT;',
  '    END LOOP;',
  '  END LOOP;',
  '  -- A file that was thrown away before it was read to its end leaves a gap.',
  "  login := CASE WHEN NOT EXISTS (SELECT FROM pg_ls_logdir() WHERE name = after_file) THEN 'gap' END;",
  '  logged_at := NULL; statement := NULL;',
  '  RETURN NEXT;',
  'END',
];
