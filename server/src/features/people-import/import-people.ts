import { createHash } from 'node:crypto';
import {
  type ImportedRow,
  type ImportKind,
  type ImportPeopleBody,
  type PeopleImport,
} from '@stoa/contract/people-import';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { ImportBy, ImportPlan } from './plan.ts';
import { planAttributes } from './plan-attributes.ts';
import { planGroups, planMembers } from './plan-groups.ts';
import { openIdentities } from './plan-identities.ts';
import { planUsers } from './plan-users.ts';
import { readRows } from './read-rows.ts';

type Input = ImportBy & { kind: ImportKind; body: ImportPeopleBody };
/** A file that was read: its rows are planned inside of a transaction, on the facts as they are then. */
type Opened = { bad: readonly ImportedRow[]; plan(tx: Tx): Promise<ImportPlan> };

/** So many refused rows a refusal names. */
const namedAtMost = 100;

/**
 * Tries a file, or applies it as a whole. Both plan on the same facts by the same rules; the trial ends before anything is
 * locked or written.
 */
export async function importPeople(deps: Deps, input: Input): Promise<PeopleImport> {
  const { actor, body, isDryRun } = input;
  requireMay(actor, 'user.manage', nothing);
  const opened = await open(deps, input);
  return transact(deps, async (tx, after) => {
    if (!isDryRun) await takeTurn(tx);
    const plan = await opened.plan(tx);
    const answer = present(input, opened.bad, plan);
    if (isDryRun) return answer;
    if (body.digest !== undefined && body.digest !== answer.digest) throw new Refusal('import.changed');
    requireNoneRefused(answer);
    if (answer.counts.created + answer.counts.changed + answer.counts.removed === 0) return answer;
    const entries = await plan.apply(tx, after);
    await appendAudit(tx, [...entries, summaryOf(input, answer)]);
    return answer;
  });
}

async function open(deps: Deps, input: Input): Promise<Opened> {
  const { kind, body } = input;
  switch (kind) {
    case 'users': {
      const { rows, bad } = readRows(kind, body.csv);
      return { bad, plan: (tx) => planUsers(tx, input, rows) };
    }
    case 'groups': {
      const { rows, bad } = readRows(kind, body.csv);
      return { bad, plan: (tx) => planGroups(tx, input, rows) };
    }
    case 'members': {
      const { rows, bad } = readRows(kind, body.csv);
      return { bad, plan: (tx) => planMembers(tx, input, rows) };
    }
    case 'attributes': {
      const { rows, bad } = readRows(kind, body.csv);
      return { bad, plan: (tx) => planAttributes(tx, input, rows) };
    }
    case 'identities': {
      const { rows, bad } = readRows(kind, body.csv);
      const plan = await openIdentities(deps, body.connectionKey, rows);
      return { bad, plan: (tx) => plan(tx, input) };
    }
  }
}

/** Two files at once would wait for each other's rows; the second is told instead. */
async function takeTurn(tx: Tx): Promise<void> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('stoa.people-import')) as mine`.execute(tx);
  if (rows[0]?.mine !== true) throw new Refusal('import.running');
}

function present({ kind, isDryRun }: Input, bad: readonly ImportedRow[], plan: ImportPlan): PeopleImport {
  const rows = [...bad, ...plan.rows].toSorted((a, b) => a.line - b.line);
  const count = (outcome: ImportedRow['outcome']) => rows.filter((row) => row.outcome === outcome).length;
  return {
    kind,
    dryRun: isDryRun,
    digest: createHash('sha256')
      .update(JSON.stringify([kind, rows]))
      .digest('base64url'),
    counts: {
      created: count('created'),
      changed: count('changed'),
      removed: count('removed'),
      unchanged: count('unchanged'),
      refused: count('refused'),
    },
    peopleCount: plan.peopleCount,
    rows,
  };
}

function requireNoneRefused({ rows, counts }: PeopleImport): void {
  if (counts.refused === 0) return;
  const refusedRows = rows.filter((row) => row.outcome === 'refused').slice(0, namedAtMost);
  const [first] = refusedRows;
  throw new Refusal('import.refused', {
    detail: `Line ${first?.line}: ${first?.reason} Refused rows: ${counts.refused} of ${rows.length}. Nothing was changed.`,
    extra: { counts, rows: refusedRows },
  });
}

const summaryOf = ({ actor, call, kind, body }: Input, { counts, peopleCount }: PeopleImport) => {
  const digest = createHash('sha256').update(body.csv).digest('hex');
  return {
    action: 'PeopleImported',
    actor: userActor(actor),
    actorIp: call.ip,
    targetType: 'IMPORT',
    targets: [{ id: digest, name: body.connectionKey === undefined ? kind : `${kind} of ${body.connectionKey}` }],
    payload: { kind, counts, peopleCount, sha256: digest },
    requestId: call.id,
  };
};
