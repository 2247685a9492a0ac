import { hasOwnRoles, type ServerFacts } from './server-facts.ts';

/** Whose a container is, as its comment says. */
export type Mark = { readonly installationId: string; readonly connectionId: string; readonly label: string };

/** The comment of a container: `stoa <installation>/<connection> <label>`. */
export function writeMark(mark: Mark): string {
  return `stoa ${mark.installationId}/${mark.connectionId} ${mark.label}`;
}

/** Reads a comment back; null when it is not a mark of any Stoa. */
export function readMark(comment: string | null): Mark | null {
  const match = /^stoa ([^\s/]+)\/(\S+) (.*)$/s.exec(comment ?? '');
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { installationId: match[1], connectionId: match[2], label: match[3] ?? '' };
}

/** The comment that the setup script puts on a role made beforehand. One pool serves one database of one installation. */
export function poolMark(installationId: string, database: string): string {
  return `stoa-pool ${installationId} ${database}`;
}

/** Which Stoa made a role, by its comment: a container, one made beforehand, or the owner of views. Null: none did. */
export const installationOf = (comment: string | null): string | null =>
  /^stoa(?:-pool|-layer)? ([^\s/]+)/.exec(comment ?? '')?.[1] ?? null;

/** A pattern for LIKE: the comments of containers of this connection; before 16, of the pool that they are taken from. */
export function ourComments(facts: ServerFacts): string {
  const exactly = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');
  return hasOwnRoles(facts)
    ? `${exactly(writeMark({ ...facts, label: '' }))}%`
    : exactly(poolMark(facts.installationId, facts.database));
}

export const isOurs = (mark: Mark | null, facts: ServerFacts): boolean =>
  mark !== null && mark.installationId === facts.installationId && mark.connectionId === facts.connectionId;
