import type { PrincipalRefusal } from '../connector.ts';

/** PostgreSQL cuts longer names with a mere NOTICE, and the statement lands on whoever has the shorter one. */
const maxNameBytes = 63;
const specialNames = new Set(['public', 'none', 'current_user', 'current_role', 'session_user', 'user']);

/** A name that must never reach a statement. */
export class NameRefused extends Error {
  readonly refusal: PrincipalRefusal;
  constructor(name: string, refusal: PrincipalRefusal) {
    super(`the name ${JSON.stringify(name.slice(0, 80))} is refused: ${refusal}`);
    this.name = 'NameRefused';
    this.refusal = refusal;
  }
}

const encoder = new TextEncoder();
/** Most names there are: nothing of them needs a second look. */
const plainName = /^[\x20-\x7e]{1,63}$/;

/** Why a name cannot be an identifier at all, or null. */
export function refuseIdentifier(name: string): PrincipalRefusal | null {
  if (name === '') return 'empty';
  if (plainName.test(name)) return null;
  // U+0000 cannot be sent, and a lone surrogate would become another character on its way to the server.
  if (/[\0\p{Cs}]/u.test(name)) return 'control_character';
  return encoder.encode(name).length > maxNameBytes ? 'too_long' : null;
}

/** Why a name cannot stand after TO or FROM, or null: quoting does not help, `"public"` is everybody (PG2, PG3). */
export function refusePrincipal(name: string): PrincipalRefusal | null {
  const refusal = refuseIdentifier(name);
  if (refusal !== null) return refusal;
  if (/\p{Cc}/u.test(name)) return 'control_character';
  const lower = name.toLowerCase();
  return specialNames.has(lower) || lower.startsWith('pg_') ? 'reserved' : null;
}

/** The name as an identifier in SQL. Throws NameRefused. */
export function quoteIdentifier(name: string): string {
  const refusal = refuseIdentifier(name);
  if (refusal !== null) throw new NameRefused(name, refusal);
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name of a role as a grantee in SQL. Throws NameRefused. */
export function quotePrincipal(name: string): string {
  const refusal = refusePrincipal(name);
  if (refusal !== null) throw new NameRefused(name, refusal);
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Any name as an identifier in SQL that is shown to a person and never sent: nothing is refused. A control character is written
 * as its number: a line's end would end the comment that a name may stand in.
 */
export function quoteShown(name: string): string {
  const quoted = `"${name.replaceAll('"', '""')}"`;
  if (!/\p{Cc}/u.test(name)) return quoted;
  const number = (character: string) => `\\${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `U&${quoted.replaceAll('\\', '\\\\').replaceAll(/\p{Cc}/gu, number)}`;
}

/** A text constant in SQL, whatever `standard_conforming_strings` says. */
export function quoteText(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

/** A platform id as a number in SQL. Throws on anything else, so that no id can carry text. */
export function oidText(id: string): string {
  if (!/^\d{1,10}$/.test(id)) throw new RangeError(`not an oid: ${id.slice(0, 40)}`);
  return id;
}

/** An `oid[]` constant in SQL. */
export const oidArray = (ids: readonly string[]): string => `'{${ids.map(oidText).join(',')}}'::pg_catalog.oid[]`;
