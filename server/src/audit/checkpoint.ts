import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';

const base64 = z
  .string()
  .regex(/^[A-Za-z0-9+/]+={0,2}$/)
  .max(200);
const instant = z.iso.datetime({ precision: 3 });

/** A signed statement about the chain: up to `seq` it had this hash. One line of an exported file holds one. */
export const checkpointSchema = z.strictObject({
  version: z.literal(1),
  installation: z.string().max(100),
  keyId: z.string().regex(/^[0-9a-f]{32}$/),
  number: z.int().min(1),
  seq: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  count: z.int().min(0),
  /** When it was signed. */
  time: instant,
  /** What was committed before this instant has a seal up to `seq`; null: there was more to seal. */
  settled: instant.nullable(),
  /** The signature of the checkpoint before; empty for the first. */
  previous: z.union([z.literal(''), base64]),
  signature: base64,
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** What is signed: every member but the signature, a line each. */
const signedText = (one: Omit<Checkpoint, 'signature'>): Buffer =>
  Buffer.from(
    [
      `stoa audit checkpoint ${one.version}`,
      one.installation,
      one.keyId,
      one.number,
      one.seq,
      one.hash,
      one.count,
      one.time,
      one.settled ?? '',
      one.previous,
    ].join('\n'),
    'utf8',
  );

export const signCheckpoint = (content: Omit<Checkpoint, 'signature'>, privateKey: KeyObject): Checkpoint => ({
  ...content,
  signature: sign(null, signedText(content), privateKey).toString('base64'),
});

export const isSignedBy = (one: Checkpoint, publicKey: KeyObject): boolean =>
  verify(null, signedText(one), publicKey, Buffer.from(one.signature, 'base64'));

/** Whether two say the same under the same signature: what holds for one holds for the other. */
export const isSame = (one: Checkpoint, other: Checkpoint): boolean =>
  one.signature === other.signature && signedText(one).equals(signedText(other));

/** The first 16 bytes of the SHA-256 of the public key in its standard form (SPKI, DER). */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32);

/** Every public key that a text in PEM holds, by its id. Throws when it holds none, or one of another kind. */
export function readPublicKeys(pem: string): Map<string, KeyObject> {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g) ?? [];
  const keys = blocks.map((block) => createPublicKey(block));
  if (keys.length === 0 || keys.some((key) => key.asymmetricKeyType !== 'ed25519'))
    throw new Error('There is no ed25519 public key in it (PEM, "BEGIN PUBLIC KEY").');
  return new Map(keys.map((key) => [keyIdOf(key), key]));
}

export const checkpointLine = (one: Checkpoint): string => `${JSON.stringify(one)}\n`;

/** The lines of exported files, in any order, and the numbers of lines that are none: a crash may have cut one. */
export function readCheckpointLines(text: string): { checkpoints: Checkpoint[]; unreadable: number[] } {
  const checkpoints: Checkpoint[] = [];
  const unreadable: number[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = readCheckpointLine(line);
    if (read === undefined) unreadable.push(at + 1);
    else checkpoints.push(read);
  }
  return { checkpoints, unreadable };
}

/** What one line says; undefined: it is no checkpoint. */
export const readCheckpointLine = (line: string): Checkpoint | undefined =>
  checkpointSchema.safeParse(parseOrNull(line)).data;

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
