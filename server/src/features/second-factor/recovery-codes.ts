import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { hashToken } from '../../http/authenticate.ts';
import { toBase32 } from './base32.ts';
import { tidyCode } from './tidy-code.ts';

const codesAtOnce = 10;

/** 120 bits, so that a plain hash keeps them as it keeps tokens; in groups of four, to be typed from paper. */
const newCode = (): string => toBase32(randomBytes(15)).replaceAll(/(.{4})(?=.)/g, '$1-');

export const hashRecoveryCode = (code: string): Buffer => hashToken(`recovery:${tidyCode(code)}`);

/** New recovery codes of an account in place of all it had; they leave the process in one answer alone. */
export async function replaceRecoveryCodes(tx: Tx, globalUserId: string): Promise<string[]> {
  const codes = Array.from({ length: codesAtOnce }, newCode);
  await sql`delete from recovery_code where global_user_id = ${globalUserId}`.execute(tx);
  await tx
    .insertInto('recovery_code')
    .values(codes.map((code) => ({ code_hash: hashRecoveryCode(code), global_user_id: globalUserId })))
    .execute();
  return codes;
}
