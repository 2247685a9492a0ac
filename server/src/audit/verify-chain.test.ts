import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'kysely';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reader } from '../db/pool.ts';
import { type ChainWorld, openChainWorld } from '../testing/audit-chain.ts';
import { genesisHash, linkHash } from './chain-link.ts';
import type { FindingKind } from './chain-report.ts';
import { type Checkpoint, keyIdOf, signCheckpoint } from './checkpoint.ts';
import { readSigningKey } from './signing-key.ts';
import { insertCheckpoints, storedCheckpoints } from './stored-checkpoints.ts';
import { verifyAuditChain } from './verify-chain.ts';

const length = 600;
let world: ChainWorld;
let publicKey: string;
let exported: Checkpoint[];
beforeAll(async () => {
  world = await openChainWorld();
  for (let part = 0; part < 6; part++) {
    await world.write(100);
    await world.seal();
  }
  const key = await readSigningKey(world.db, world.deps.secrets);
  publicKey = key?.publicKey.export({ type: 'spki', format: 'pem' }).toString() ?? '';
  exported = await storedCheckpoints(world.db, { installation: world.deps.installationId, above: 0, limit: 1000 });
});
afterAll(() => world.stop());

const fileOf = (checkpoints: readonly Checkpoint[]) => [{ name: 'exported.ndjson', checkpoints }];

class Undo extends Error {}

/** What the verifier says after something was done past the product; it is taken back afterwards. */
async function after(act: (db: Reader) => Promise<unknown>, given = { checkpoints: exported, publicKey }) {
  let report: Awaited<ReturnType<typeof verifyAuditChain>> | undefined;
  await world.superuser
    .transaction()
    .execute(async (tx) => {
      await act(tx);
      report = await verifyAuditChain(tx, { outside: fileOf(given.checkpoints), publicKey: given.publicKey });
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  if (report === undefined) throw new Error('nothing was verified');
  return report;
}

const nothing = async () => {};

test('a chain that nobody touched is intact, as read from outside with its checkpoints and key', async () => {
  const report = await after(nothing);
  expect(report).toMatchObject({ outcome: 'intact', findingCount: 0, sealed: length + 1, events: length + 1 });
  expect(exported.length).toBeGreaterThan(5);
  expect(report.checkpoints.lastOutside?.seq).toBe(exported.at(-1)?.seq);
});

test('without checkpoints or a key from outside it is not said to be intact', async () => {
  expect((await verifyAuditChain(world.db)).outcome).toBe('unchecked');
  expect((await verifyAuditChain(world.db, { publicKey })).unchecked).toHaveLength(1);
  expect((await verifyAuditChain(world.db, { outside: fileOf(exported) })).unchecked).toHaveLength(1);
});

type Row = Record<'seq' | 'id' | 'digest', number | string | Buffer>;
const at = (db: Reader, seq: number) =>
  sql<{ id: string }>`select event_id as id from audit_seal where seq = ${seq}`
    .execute(db)
    .then(({ rows }) => rows[0]?.id ?? '');

/** Writes the seals anew from a place on, as somebody would who knows how they are made. */
async function reseal(db: Reader, from: number): Promise<void> {
  const { rows } = await sql<Row & { digest: Buffer; seq: number; id: string }>`
    select s.seq, s.event_id as id, sha256(convert_to(concat(e.id, chr(10), e.sequence, chr(10),
      json_build_array(e.action, e.action_status, (extract(epoch from e.event_timestamp) * 1000000)::bigint, e.actor, e.actor_id,
      e.actor_ip, e.target_type, e.targets, e.related_resources, e.payload, to_jsonb(e.domain_ids), e.request_id, e.session_id)::text), 'UTF8')) as digest
    from audit_seal s join audit_event e on e.id = s.event_id where s.seq >= ${from} order by s.seq`.execute(db);
  const { rows: top } = await sql<{
    hash: Buffer;
  }>`select hash from audit_seal where seq < ${from} order by seq desc limit 1`.execute(db);
  await sql`delete from audit_seal where seq >= ${from}`.execute(db);
  let previous = top[0]?.hash ?? genesisHash;
  for (const [index, row] of rows.entries()) {
    const hash = linkHash(previous, from + index, row.digest);
    await sql`insert into audit_seal values (${from + index}, ${row.id}, ${row.digest}, ${previous}, ${hash})`.execute(
      db,
    );
    previous = hash;
  }
}

const edits = [
  sql`action = action || 'X'`,
  sql`action_status = case action_status when 'DENIED' then 'FAILURE' else 'DENIED' end`,
  sql`event_timestamp = event_timestamp + interval '1 microsecond'`,
  sql`actor = actor || '{"name": "Somebody else"}'`,
  sql`actor_id = 'x'`,
  sql`actor_ip = '10.0.0.1'`,
  sql`target_type = null`,
  sql`targets = targets || '[{"id": "more"}]'`,
  sql`related_resources = '[{"id": "more"}]'`,
  sql`payload = payload - 'n'`,
  sql`domain_ids = '{}'`,
  sql`request_id = coalesce(request_id, '') || ' '`,
  sql`session_id = 's'`,
];

const contentColumns = ['action', 'event_timestamp', 'targets', 'payload', 'domain_ids', 'request_id'];

type Tampering = {
  kinds: FindingKind[];
  first: (a: number, b: number) => number | null;
  act(db: Reader, a: number, b: number): Promise<unknown>;
};
/** `a` and `b` are places in the chain, a < b, both older than the last checkpoint. */
const tamperings: Record<string, Tampering> = {
  'an event is edited': {
    kinds: ['edited'],
    first: (a) => a,
    act: async (db, a, b) =>
      sql`update audit_event set ${edits[b % edits.length] ?? sql``} where id = ${await at(db, a)}`.execute(db),
  },
  'a seal is edited': {
    kinds: ['edited'],
    first: (a) => a,
    act: (db, a) => sql`update audit_seal set hash = sha256(hash) where seq = ${a}`.execute(db),
  },
  'an event is deleted': {
    kinds: ['deleted'],
    first: (a) => a,
    act: async (db, a) => sql`delete from audit_event where id = ${await at(db, a)}`.execute(db),
  },
  'events are deleted with their seals': {
    // Up to the last one, nothing is left behind the hole: then the end is cut off.
    kinds: ['deleted', 'truncated'],
    first: (a) => a,
    act: async (db, a, b) => {
      await sql`delete from audit_event where id in (select event_id from audit_seal where seq between ${a} and ${b})`.execute(
        db,
      );
      await sql`delete from audit_seal where seq between ${a} and ${b}`.execute(db);
    },
  },
  'events are deleted, and all is sealed anew': {
    kinds: ['rewritten', 'truncated'],
    first: (a) => a,
    act: async (db, a) => {
      await sql`delete from audit_event where id = ${await at(db, a)}`.execute(db);
      await sql`delete from audit_seal where seq = ${a}`.execute(db);
      await reseal(db, a);
    },
  },
  'an event is edited, and all is sealed anew': {
    kinds: ['rewritten'],
    first: (a) => a,
    act: async (db, a) => {
      await sql`update audit_event set actor_id = 'x' where id = ${await at(db, a)}`.execute(db);
      await reseal(db, a);
    },
  },
  'an old event is inserted': {
    kinds: ['inserted'],
    first: () => null,
    act: (db) =>
      sql`insert into audit_event (id, action, actor, event_timestamp) values (gen_random_uuid(), 'Forged', '{}', now() - interval '2 days')`.execute(
        db,
      ),
  },
  'an event is inserted among the old numbers': {
    kinds: ['inserted'],
    first: () => null,
    act: (db, a) =>
      sql`insert into audit_event (id, sequence, action, actor) overriding system value values (gen_random_uuid(), ${-a}, 'Forged', '{}')`.execute(
        db,
      ),
  },
  'an old event is inserted and sealed at the end': {
    kinds: ['inserted'],
    first: () => exported.at(-1)!.seq + 1,
    act: async (db) => {
      await sql`insert into audit_event (id, action, actor, event_timestamp) values ('00000000-0000-4000-8000-000000000000', 'Forged', '{}', now() - interval '2 days')`.execute(
        db,
      );
      const end = exported.at(-1)!.seq + 1;
      await sql`delete from audit_seal where seq >= ${end}`.execute(db);
      await sql`insert into audit_seal values (${end}, '00000000-0000-4000-8000-000000000000', '', '', '')`.execute(db);
      await reseal(db, end);
    },
  },
  'two events hold each other’s content': {
    kinds: ['swapped'],
    first: (a) => a,
    act: async (db, a, b) => {
      const [one, other] = [await at(db, a), await at(db, b)];
      const set = contentColumns.map((name) => sql`${sql.ref(name)} = ${sql.ref(`o.${name}`)}`);
      await sql`update audit_event e set ${sql.join(set)} from audit_event o
        where e.id in (${one}, ${other}) and o.id in (${one}, ${other}) and o.id <> e.id`.execute(db);
    },
  },
  'two events bear each other’s id': {
    kinds: ['swapped'],
    first: (a) => a,
    act: async (db, a, b) => {
      const [one, other] = [await at(db, a), await at(db, b)];
      await sql`update audit_event set id = '00000000-0000-4000-8000-000000000001' where id = ${one}`.execute(db);
      await sql`update audit_event set id = ${one} where id = ${other}`.execute(db);
      await sql`update audit_event set id = ${other} where id = '00000000-0000-4000-8000-000000000001'`.execute(db);
    },
  },
  'two seals stand in each other’s place': {
    kinds: ['swapped'],
    first: (a) => a,
    act: async (db, a, b) => {
      await sql`update audit_seal set seq = -1 where seq = ${a}`.execute(db);
      await sql`update audit_seal set seq = ${a} where seq = ${b}`.execute(db);
      await sql`update audit_seal set seq = ${b} where seq = -1`.execute(db);
    },
  },
  'the end is cut off, with its checkpoints': {
    kinds: ['truncated'],
    first: (a) => a,
    act: async (db, a) => {
      await sql`delete from audit_event where id in (select event_id from audit_seal where seq >= ${a})`.execute(db);
      await sql`delete from audit_seal where seq >= ${a}`.execute(db);
      await sql`delete from audit_checkpoint where seq >= ${a}`.execute(db);
    },
  },
  'all is deleted': {
    kinds: ['truncated'],
    first: () => 1,
    act: async (db) => {
      for (const table of ['audit_event', 'audit_seal', 'audit_checkpoint', 'audit_key', 'audit_gap'])
        await sql`delete from ${sql.table(table)}`.execute(db);
    },
  },
};

test('whatever somebody does past the product to what is older than the last checkpoint is found, with its kind and place', async () => {
  const last = exported.at(-1)!.seq;
  const runs = Number(process.env['STOA_TAMPER_RUNS'] ?? 20);
  const places = fc.uniqueArray(fc.integer({ min: 1, max: last }), { minLength: 2, maxLength: 2 });
  const names = Object.keys(tamperings);
  for (const name of names) await expectFound(name, 250, 407);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), places, async (name, [one = 1, other = 2]) =>
      expectFound(name, Math.min(one, other), Math.max(one, other)),
    ),
    { numRuns: runs },
  );
}, 600_000);

async function expectFound(name: string, a: number, b: number): Promise<void> {
  const tampering = tamperings[name]!;
  const { kinds } = tampering;
  const report = await after((db) => tampering.act(db, a, b));
  const kindsFound = new Set(report.findings.map((one) => one.kind));
  expect([name, a, b, report.outcome]).toEqual([name, a, b, 'broken']);
  expect(
    kinds.some((kind) => kindsFound.has(kind)),
    `${name} ${a} ${b}: ${JSON.stringify(report.findings.slice(0, 3))}`,
  ).toBe(true);
  const place = tampering.first(a, b);
  // After the last checkpoint but one, a rewritten chain that is shorter looks like one that was cut.
  if (place === null || (kinds[0] === 'rewritten' && report.first?.kind === 'truncated')) return;
  const { seq, through } = report.findings.find((one) => one.seq !== null) ?? { seq: null };
  // Where only a checkpoint tells, it is known between which two of them.
  expect(
    seq === place || (through !== undefined && (seq ?? 0) <= place && place <= through),
    `${name} ${a} ${b}: ${seq}..${through}`,
  ).toBe(true);
}

describe('the verifier is not taken in by forged proofs', () => {
  const forger = generateKeyPairSync('ed25519');
  const forgerPem = forger.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  /** Edits an event, seals all anew, and signs checkpoints for it with a key of one's own, which the database then names. */
  async function forge(db: Reader): Promise<Checkpoint[]> {
    await sql`update audit_event set actor_id = 'x' where id = ${await at(db, 50)}`.execute(db);
    await reseal(db, 50);
    const signed: Checkpoint[] = [];
    for (const { signature: _signature, ...content } of exported) {
      const { rows } = await sql<{ hash: Buffer }>`select hash from audit_seal where seq = ${content.seq}`.execute(db);
      const hash = rows[0]?.hash.toString('hex') ?? content.hash;
      const previous = signed.at(-1)?.signature ?? '';
      signed.push(signCheckpoint({ ...content, hash, previous, keyId: keyIdOf(forger.publicKey) }, forger.privateKey));
    }
    await sql`delete from audit_checkpoint`.execute(db);
    await insertCheckpoints(db, signed);
    await sql`update audit_key set id = ${keyIdOf(forger.publicKey)}, public_key = ${forgerPem}`.execute(db);
    return signed;
  }

  test('a chain that was sealed and signed anew with another key', async () => {
    const report = await after(forge);
    expect(report).toMatchObject({
      outcome: 'broken',
      first: { kind: 'rewritten', seq: exported[0]!.seq < 50 ? exported[0]!.seq + 1 : 1 },
    });
    expect(report.findings.some((one) => one.kind === 'checkpoint')).toBe(true);
    let forged: Checkpoint[] = [];
    const given = { checkpoints: forged, publicKey };
    const other = await after(async (db) => {
      forged = await forge(db);
      given.checkpoints = forged;
    }, given);
    expect(other.outcome).toBe('broken');
  });

  test('a checkpoint whose content was changed, or that bears the signature of another one', async () => {
    const changed = exported.map((one, n) => (n === 3 ? { ...one, hash: '0'.repeat(64) } : one));
    expect((await after(nothing, { checkpoints: changed, publicKey })).outcome).toBe('broken');
    const replayed = exported.map((one, n) => (n === 3 ? { ...one, signature: exported[2]!.signature } : one));
    expect((await after(nothing, { checkpoints: replayed, publicKey })).outcome).toBe('broken');
  });

  test('an old checkpoint in the place of the newest', async () => {
    const replayed = [...exported.slice(0, -1), { ...exported[1]!, number: exported.at(-1)!.number }];
    expect((await after(nothing, { checkpoints: replayed, publicKey })).outcome).toBe('broken');
  });

  test('the same line twice and lines in any order are the same checkpoints', async () => {
    const shuffled = [...exported.toReversed(), exported[0]!];
    expect((await after(nothing, { checkpoints: shuffled, publicKey })).outcome).toBe('intact');
  });

  test('checkpoints of another installation', async () => {
    const key = await readSigningKey(world.db, world.deps.secrets);
    const signed: Checkpoint[] = [];
    for (const { signature: _signature, ...content } of exported)
      signed.push(
        signCheckpoint(
          { ...content, installation: 'elsewhere', previous: signed.at(-1)?.signature ?? '' },
          key!.privateKey,
        ),
      );
    expect((await after(nothing, { checkpoints: signed, publicKey })).outcome).toBe('broken');
  });

  test('an older file, with the database set back to it, is broken by the newer one and says how old it is', async () => {
    const cut = exported[2]!.seq;
    const setBack = async (db: Reader) => {
      await sql`delete from audit_event where id in (select event_id from audit_seal where seq > ${cut})`.execute(db);
      await sql`delete from audit_seal where seq > ${cut}`.execute(db);
      await sql`delete from audit_checkpoint where seq > ${cut}`.execute(db);
    };
    expect(await after(setBack)).toMatchObject({ outcome: 'broken' });
    const old = await after(setBack, { checkpoints: exported.slice(0, 3), publicKey });
    expect(old.checkpoints.lastOutside).toMatchObject({ seq: cut, time: exported[2]!.time });
  });

  test('checkpoints that are gone from the middle, or from the database alone', async () => {
    const gone = exported.filter((_, n) => n !== 2);
    const both = await after((db) => sql`delete from audit_checkpoint where number = 3`.execute(db), {
      checkpoints: gone,
      publicKey,
    });
    expect(both.outcome).toBe('broken');
    const inDatabase = await after((db) => sql`delete from audit_checkpoint where number = 3`.execute(db));
    expect(inDatabase.first?.kind).toBe('checkpoint');
  });

  test('a database that went on after it was set back has signed one number twice', async () => {
    const key = await readSigningKey(world.db, world.deps.secrets);
    const { signature: _signature, ...content } = exported.at(-1)!;
    const other = signCheckpoint({ ...content, time: '2030-01-01T00:00:00.000Z' }, key!.privateKey);
    const report = await after(nothing, { checkpoints: [...exported.slice(0, -1), other], publicKey });
    expect(report.first).toMatchObject({ kind: 'checkpoint' });
    expect(report.first?.detail).toContain('signed twice');
  });

  test('another key than the one that signed', async () => {
    expect((await after(nothing, { checkpoints: exported, publicKey: forgerPem })).outcome).toBe('broken');
  });
});
