import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const kinds = ['users', 'groups', 'members', 'attributes', 'identities'];
const usage = `stoa import <${kinds.join('|')}> <file.csv> [--connection <key>] [--apply] [--confirm-loss <people>]`;
const shownAtMost = 100;

const say = (line) => process.stderr.write(`stoa: ${line}\n`);

/** A file of people, groups, members, attributes or names on a platform, tried and then applied through the API. */
export async function runImport(args) {
  const asked = readAsked(args);
  if (typeof asked === 'string') {
    say(`${asked}. Usage: ${usage}`);
    return 2;
  }
  const csv = await readFile(asked.file, 'utf8').catch((error) => error);
  if (csv instanceof Error) {
    say(`${asked.file} cannot be read (${csv.code ?? csv.message}).`);
    return 2;
  }
  const body = { csv, ...(asked.connection === undefined ? {} : { connectionKey: asked.connection }) };
  const tried = await post(asked, { dryRun: 'true' }, body);
  if (tried === undefined) return 1;
  tell(tried);
  if (tried.counts.refused > 0) return 1;
  if (!asked.apply) {
    say('nothing was changed: this was a trial. Repeat it with --apply.');
    return 0;
  }
  // Refused when the outcome would be another one by now.
  const confirmed = asked.confirmLoss === undefined ? {} : { confirmLoss: asked.confirmLoss };
  const done = await post(asked, confirmed, { ...body, digest: tried.digest });
  if (done === undefined) return 1;
  if (done.state === 'WAITING') {
    say(
      `nothing is changed yet: it waits for another user admin at ${new URL(`/admin/people-changes?row=${done.id}`, asked.url)}.`,
    );
    return 3;
  }
  say('all rows are applied.');
  return 0;
}

function readAsked(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: { connection: { type: 'string' }, apply: { type: 'boolean' }, 'confirm-loss': { type: 'string' } },
    });
  } catch (error) {
    return error.message;
  }
  const [kind, file, ...more] = parsed.positionals;
  if (!kinds.includes(kind) || file === undefined || more.length > 0) return 'name a kind and a file';
  const token = process.env.STOA_TOKEN;
  if (!token) return 'STOA_TOKEN is not set: a personal access token of a user admin';
  const url = process.env.STOA_URL ?? 'http://127.0.0.1:3000';
  if (!URL.canParse(url)) return 'STOA_URL is no address';
  const { connection, apply = false, 'confirm-loss': confirmLoss } = parsed.values;
  return { kind, file, token, url, connection, apply, confirmLoss };
}

/** The answer; undefined once it was told why there is none. */
async function post({ url, token, kind }, query, body) {
  const address = new URL(`/api/import/${kind}?${new URLSearchParams(query)}`, url);
  const answer = await fetch(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
  }).catch((error) => error);
  if (answer instanceof Error) {
    say(`${address.origin} did not answer (${answer.cause?.code ?? answer.message}).`);
    return undefined;
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  say(
    `${answer.status} ${told.code ?? ''}: ${told.detail ?? told.title ?? 'no reason was given'} ${told.next ?? ''}`.trim(),
  );
  for (const row of told.rows ?? []) say(lineOf(row));
  return undefined;
}

const lineOf = ({ line, outcome, subject, column, reason }) =>
  `line ${line}: ${outcome}, ${subject}${column === undefined ? '' : `, ${column}`}${reason === undefined ? '' : `: ${reason}`}`;

function tell({ counts, rows }) {
  process.stdout.write(
    `${Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}\n`,
  );
  const told = rows.filter((row) => row.outcome !== 'unchanged');
  for (const row of told.slice(0, shownAtMost)) process.stdout.write(`${lineOf(row)}\n`);
  if (told.length > shownAtMost) process.stdout.write(`and ${told.length - shownAtMost} more\n`);
}
