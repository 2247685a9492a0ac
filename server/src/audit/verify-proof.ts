import { type ProofFile, proofFile } from '@stoa/contract/proof-history';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { readAnswersById } from '../features/provisioning/proof-history.ts';
import { checkpointSchema, isSignedBy, readPublicKeys } from './checkpoint.ts';

export type ProofReport = {
  readonly requestId: string;
  /** Events of the file that stand in the chain just as it says. */
  readonly held: number;
  /** What the file says otherwise than the chain, in sentences. */
  readonly findings: readonly string[];
  /** What could not be compared, in sentences. */
  readonly unchecked: readonly string[];
};

type Sealed = {
  id: string;
  seq: number;
  digest: string;
  previousHash: string;
  hash: string;
  action: string | null;
  status: string | null;
  at: Date | null;
};

/**
 * Holds a file of proofs against the audit: every event that it names stands in the chain where and as it says, decisions, proofs and
 * statements are those of events, and the checkpoint is signed. That the chain is what was sealed is for `verifyAuditChain` to say. Throws an
 * Error with a sentence where the text is no such file.
 */
export async function verifyProof(db: Reader, text: string, publicKey: string | undefined): Promise<ProofReport> {
  const file = readProof(text);
  const { rows } = await sql<Sealed>`
    select s.event_id as id, s.seq, encode(s.event_digest, 'hex') as digest, encode(s.prev_hash, 'hex') as "previousHash", encode(s.hash, 'hex') as hash,
      e.action, e.action_status as status, e.event_timestamp as at
    from audit_seal s left join audit_event e on e.id = s.event_id where s.event_id = any(${file.auditEvents.map(({ id }) => id)}::uuid[])`.execute(
    db,
  );
  const sealed = new Map(rows.map((row) => [row.id, row]));
  const findings: string[] = [];
  const unchecked: string[] = [];
  let held = 0;
  for (const { id, action, actionStatus, at, seal } of file.auditEvents) {
    const stored = sealed.get(id);
    if (seal === null) unchecked.push(`${action} ${id} was not sealed yet when the file was made.`);
    else if (stored === undefined) findings.push(`${action} ${id} is not in the chain, place ${seal.seq}.`);
    else if (
      stored.seq !== seal.seq ||
      stored.digest !== seal.digest ||
      stored.previousHash !== seal.previousHash ||
      stored.hash !== seal.hash
    )
      findings.push(
        `${action} ${id} has another seal in the chain, place ${stored.seq}, than in the file, place ${seal.seq}.`,
      );
    else if (stored.action !== action || stored.status !== actionStatus || stored.at?.toISOString() !== at)
      findings.push(`Event ${id} is ${stored.action ?? 'no event any more'} in the audit, and not ${action} of ${at}.`);
    else held++;
  }
  findings.push(
    ...(await judgeDecisions(db, file)),
    ...(await judgeProofs(db, file)),
    ...(await judgeStatements(db, file)),
  );
  await judgeCheckpoint(
    db,
    { given: file.checkpoint, publicKey: publicKey ?? file.publicKey },
    { findings, unchecked },
  );
  return { requestId: file.request.id, held, findings, unchecked };
}

/** Each was made by that person, on that part of the request, with that reason and length; or by the rule of its form. */
async function judgeDecisions(db: Reader, { request, decisions }: ProofFile): Promise<string[]> {
  const { rows } = await sql<{ place: number }>`
    select d.place::int as place from json_array_elements(${JSON.stringify(decisions)}::json) with ordinality d (said, place)
    where not exists (select from audit_event e
      where e.targets @> ${JSON.stringify([{ id: request.id }])}::jsonb and e.action = 'ApprovalRecordDecided' and e.action_status = 'SUCCESS'
        and e.payload ->> 'status' = d.said ->> 'status' and e.payload ->> 'reason' is not distinct from d.said ->> 'reason'
        and case when d.said ->> 'recordId' is null then e.payload ->> 'automatic' = 'true'
          else e.payload -> 'recordIds' ? (d.said ->> 'recordId') and e.actor ->> 'id' is not distinct from d.said -> 'by' ->> 'globalUserId'
            and e.payload ->> 'duration' is not distinct from d.said -> 'duration' ->> 'amount'
            and e.payload ->> 'durationUnit' is not distinct from d.said -> 'duration' ->> 'unit' end)
    order by d.place`.execute(db);
  return rows.map(({ place }) => `The decision of ${decisions[place - 1]?.at} is not what any audit event says.`);
}

async function judgeProofs(db: Reader, { request, proofs }: ProofFile): Promise<string[]> {
  const ids = proofs.flatMap(({ firstEventId }) => firstEventId ?? []);
  const told = new Map((await readAnswersById(db, request.id, ids)).map((answer) => [answer.eventId, answer]));
  return proofs.flatMap((proof) => {
    if (proof.firstEventId === null) return [];
    const answer = told.get(proof.firstEventId);
    const isSame =
      answer?.result === proof.result &&
      answer.principal === proof.principal &&
      answer.reason === proof.reason &&
      answer.connectionKey === proof.connectionKey &&
      answer.at === proof.observedAt;
    return isSame ? [] : [`The proof of ${proof.observedAt} is not what audit event ${proof.firstEventId} says.`];
  });
}

async function judgeStatements(db: Reader, { statements }: ProofFile): Promise<string[]> {
  const { rows } = await sql<{ id: string; statement: string | null }>`
    select id, payload ->> 'statement' as statement from audit_event where id = any(${statements.map(({ eventId }) => eventId)}::uuid[])`.execute(
    db,
  );
  const told = new Map(rows.map(({ id, statement }) => [id, statement]));
  return statements.flatMap(({ eventId, at, statement }) =>
    told.get(eventId) === statement ? [] : [`The statement of ${at} is not what audit event ${eventId} says.`],
  );
}

function readProof(text: string) {
  const read = proofFile.safeParse(parseOrNull(text));
  if (!read.success) throw new Error('It is no file of proofs that Stoa made.');
  return read.data;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function judgeCheckpoint(
  db: Reader,
  { given, publicKey }: { given: unknown; publicKey: string | null },
  { findings, unchecked }: { findings: string[]; unchecked: string[] },
): Promise<void> {
  if (given === null || publicKey === null) {
    unchecked.push('No checkpoint was signed for all of its events when the file was made.');
    return;
  }
  const checkpoint = checkpointSchema.safeParse(given).data;
  const key = checkpoint && readPublicKeys(publicKey).get(checkpoint.keyId);
  if (checkpoint !== undefined && key === undefined) {
    unchecked.push(`The public key ${checkpoint.keyId} that signed its checkpoint is not at hand.`);
    return;
  }
  if (checkpoint === undefined || key === undefined || !isSignedBy(checkpoint, key)) {
    findings.push('The checkpoint in the file is not signed by the key that it names.');
    return;
  }
  const { rows } = await sql<{ hash: string }>`
    select encode(hash, 'hex') as hash from audit_seal where seq = ${checkpoint.seq}`.execute(db);
  if (rows[0]?.hash !== checkpoint.hash)
    findings.push(
      `The chain has another hash at place ${checkpoint.seq} than the checkpoint in the file was signed for.`,
    );
}
