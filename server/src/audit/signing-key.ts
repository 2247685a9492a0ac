import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import type { Reader, Tx } from '../db/pool.ts';
import { Secret, type Secrets } from '../secrets/secrets.ts';
import { appendAudit, systemActor } from './append.ts';
import { keyIdOf } from './checkpoint.ts';

export type SigningKey = { readonly id: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };

const placeOf = (id: string) => ({ table: 'audit_key', rowId: id, column: 'private_key' }) as const;

/** The key that signs checkpoints, opened with the root key, or made when there is none. The caller holds the sealer's lock. */
export async function ensureSigningKey(tx: Tx, secrets: Secrets): Promise<SigningKey> {
  const known = await readSigningKey(tx, secrets);
  if (known !== undefined) return known;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const id = keyIdOf(publicKey);
  const sealed = secrets.seal(placeOf(id), new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()));
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await sql`insert into audit_key (id, public_key, private_key) values (${id}, ${pem}, ${sealed})`.execute(tx);
  await appendAudit(tx, {
    action: 'AuditKeyCreated',
    actor: systemActor,
    targetType: 'AUDIT_KEY',
    targets: [{ id, name: id }],
    payload: { publicKey: pem },
  });
  return { id, privateKey, publicKey };
}

/**
 * The newest key. Its public half is worked out from the private one: what the database says about it is not believed, since
 * whoever writes there can write another.
 */
export async function readSigningKey(db: Reader, secrets: Secrets): Promise<SigningKey | undefined> {
  const { rows } = await sql<{ id: string; private_key: string }>`
    select id, private_key from audit_key order by created_at desc, id limit 1`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const privateKey = createPrivateKey(secrets.open(placeOf(row.id), row.private_key).reveal());
  return { id: row.id, privateKey, publicKey: createPublicKey(privateKey) };
}

/** Every public key that the database names, in PEM. */
export async function statedPublicKeys(db: Reader): Promise<string> {
  const { rows } = await sql<{ public_key: string }>`select public_key from audit_key order by created_at, id`.execute(
    db,
  );
  return rows.map((row) => row.public_key).join('');
}
