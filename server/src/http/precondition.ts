import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { Refusal } from './refusal.ts';
import type { Call } from './route.ts';

/** The tag of an answer, of its body as JSON: the same body has the same one. */
export const entityTag = (json: string): string =>
  `"${createHash('sha256').update(json).digest('base64url').slice(0, 27)}"`;

/** Whether an `If-Match` header names this tag. */
export const namesTag = (ifMatch: string, tag: string): boolean =>
  ifMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);

/**
 * Holds `If-Match` against what a read would answer now, inside the transaction that holds the lock: of two who change
 * the same thing at once, the second one learns that it has changed.
 * @param schema of the answer of the read, which the answer is passed through before it gets its tag
 */
export function requireUnchanged(call: Call, schema: z.ZodType, current: unknown): void {
  if (call.ifMatch === undefined || call.ifMatch === '*') return;
  if (!namesTag(call.ifMatch, entityTag(JSON.stringify(schema.parse(current)))))
    throw new Refusal('precondition.failed');
}

/** The same where the answer has to be read for it: nobody who sends no `If-Match` waits for that. */
export async function requireUnchangedBy(
  call: Call,
  schema: z.ZodType,
  readCurrent: () => Promise<unknown>,
): Promise<void> {
  if (call.ifMatch !== undefined) requireUnchanged(call, schema, await readCurrent());
}
