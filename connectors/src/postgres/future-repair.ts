import type { FutureCreator, FutureOfSchema } from '@stoa/core/provisioning/future-objects';
import { quoteIdentifier, quotePrincipal, refuseIdentifier, refusePrincipal } from './identifiers.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles } from './server-facts.ts';

/** More roles than anybody mends one by one. */
const mostRoles = 20;

/**
 * What an administrator of the platform runs so that objects made in a schema later are readable at once; null where no
 * statement is missing, or none may name the schema.
 */
export function futureRepair(facts: ServerFacts, { reason, objectPath, creators }: FutureOfSchema): string | null {
  if (refuseIdentifier(objectPath[1] ?? '') !== null) return null;
  const schema = quoteIdentifier(objectPath[1] ?? '');
  const account = quotePrincipal(facts.accountName);
  if (reason === 'future.schema_not_grantable')
    return `GRANT USAGE ON SCHEMA ${schema} TO ${account} WITH GRANT OPTION;`;
  if (reason !== 'future.creating_role_out_of_reach') return null;
  const missing = creators.filter((creator) => !creator.native);
  const lines = missing.slice(0, mostRoles).map((creator) => reachSql(facts, creator, { schema, account }));
  const [inherits, more] = [lines.some((line) => line.startsWith('GRANT')), missing.length - mostRoles];
  return [
    ...lines,
    ...(more > 0 ? [`-- ${more} more roles make tables there.`] : []),
    ...(inherits && !hasOwnRoles(facts) ? [`ALTER ROLE ${account} NOINHERIT;`] : []),
    ...(facts.actsForOwners
      ? []
      : ['-- Then let the connection act for owners: its setting grantAuthority is owner-member.']),
  ].join('\n');
}

type Names = { readonly schema: string; readonly account: string };

function reachSql(
  facts: ServerFacts,
  { roleId, name, isSuperuser }: FutureCreator,
  { schema, account }: Names,
): string {
  if (roleId === '0') return `-- Everybody may make tables there.\nREVOKE CREATE ON SCHEMA ${schema} FROM PUBLIC;`;
  if (refusePrincipal(name) !== null)
    return '-- A role with a reserved name makes tables there; the account cannot act for it.';
  const role = quotePrincipal(name);
  if (isSuperuser === true)
    return `-- ${role} is a superuser, for whom the account must not act: give its tables there another owner.`;
  return `GRANT ${role} TO ${account}${hasOwnRoles(facts) ? ' WITH INHERIT FALSE, SET TRUE' : ''};`;
}
