import { defaultWords, extraWords, type Finding, foreignWords } from '@stoa/core/provisioning/findings';
import type { ForeignPrivilege, ObservedState } from '@stoa/core/provisioning/observed';
import { NameRefused, quoteIdentifier, quotePrincipal } from './identifiers.ts';

/**
 * For each finding that was made of `seen`: what an administrator of the platform runs to take away what others gave; null where
 * no statement does, as with owners and superusers. PostgreSQL takes away in the name of whoever gave, and says nothing where
 * that was somebody else: so each statement runs as its grantor.
 */
export function takeBack(findings: readonly Finding[], seen: ObservedState): readonly (string | null)[] {
  const native = new Map(seen.containers.map((container) => [container.name, container.nativeName]));
  const extra = grouped(seen.privileges, (row) => keyOf(row.container, row.objectId, extraWords(row)));
  const defaults = grouped(seen.defaults, (row) => keyOf(row.container, row.schemaId, defaultWords(row.roleName)));
  const members = grouped(seen.memberships, (row) => keyOf(row.container, row.principalId));
  const foreign = grouped(seen.foreign, (row) => keyOf(row.objectId, row.granteeId, foreignWords(row)));
  const of = (finding: Finding): string | null => {
    const container = native.get(finding.container ?? '') ?? '';
    const onContainer = keyOf(finding.container, finding.objectId, finding.privilege);
    switch (finding.finding) {
      case 'extra_on_container': {
        const rows = extra.get(onContainer) ?? [];
        return rows.length > 0 ? extraSql(rows, container) : defaultsSql(defaults.get(onContainer) ?? [], container);
      }
      case 'unknown_member': {
        const rows = members.get(keyOf(finding.container, finding.principalId)) ?? [];
        return finding.isMended ? null : membersSql(rows, container, seen.separateGrantors);
      }
      case 'bypass':
        return bypassSql(foreign.get(keyOf(finding.objectId ?? '', finding.principalId, finding.privilege)) ?? []);
      default:
        return null;
    }
  };
  return findings.map((finding) => {
    try {
      return of(finding);
    } catch (error) {
      // A name that no statement of ours may hold.
      if (error instanceof NameRefused) return null;
      throw error;
    }
  });
}

const keyOf = (...parts: readonly (string | null)[]): string => JSON.stringify(parts);

function grouped<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const known = groups.get(key(row));
    if (known) known.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

type Extra = ObservedState['privileges'];

function extraSql(rows: Extra, container: string): string | null {
  const [row] = rows;
  if (row === undefined || row.objectKind === 'other') return null;
  const column = row.column === undefined ? '' : ` (${quoteIdentifier(row.column)})`;
  // Of what Stoa gives itself, only the right to hand it on is too much.
  const option = row.grantable ? 'GRANT OPTION FOR ' : '';
  const revoke = `REVOKE ${option}${row.privilege}${column} ON ${place(row)} FROM ${quotePrincipal(container)};`;
  return asGrantors(
    rows.map(({ grantor }) => grantor.name),
    revoke,
  );
}

function defaultsSql(rows: ObservedState['defaults'], container: string): string | null {
  const [row] = rows;
  if (row === undefined) return null;
  const schema = quoteIdentifier(row.schemaPath[1] ?? '');
  return `ALTER DEFAULT PRIVILEGES FOR ROLE ${quotePrincipal(row.roleName)} IN SCHEMA ${schema} REVOKE SELECT ON TABLES FROM ${quotePrincipal(container)};`;
}

function membersSql(
  rows: ObservedState['memberships'],
  container: string,
  hasGrantors: ObservedState['separateGrantors'],
): string | null {
  const [row] = rows;
  if (row === undefined) return null;
  const revoke = `REVOKE ${quotePrincipal(container)} FROM ${quotePrincipal(row.principalName)}`;
  if (!hasGrantors) return `${revoke};`;
  const others = rows.filter(({ ours }) => !ours).map(({ grantorName }) => quotePrincipal(grantorName));
  return others.map((grantor) => `${revoke} GRANTED BY ${grantor};`).join('\n');
}

function bypassSql(rows: readonly ForeignPrivilege[]): string | null {
  const [row] = rows;
  if (row === undefined || !['grant', 'public', 'column'].includes(row.route)) return null;
  const grantee = row.route !== 'public' && row.granteeId !== '0' ? quotePrincipal(row.granteeName) : 'PUBLIC';
  const [, type = '', column] = /^(\w+) \((.*)\)$/s.exec(row.route === 'column' ? row.privilege : '') ?? [];
  const what = column === undefined ? row.privilege : `${type} (${quoteIdentifier(column)})`;
  const grantors = rows.flatMap((one) => one.grantors);
  return asGrantors(grantors, `REVOKE ${what} ON ${place({ ...row, objectKind: 'relation' })} FROM ${grantee};`);
}

const place = ({ objectKind, objectPath }: Pick<Extra[number], 'objectKind' | 'objectPath'>): string => {
  const names = objectPath.slice(1).map(quoteIdentifier).join('.');
  return objectKind === 'schema' ? `SCHEMA ${names}` : `TABLE ${names}`;
};

function asGrantors(grantors: readonly string[], revoke: string): string | null {
  const names = [...new Set(grantors)].filter((name) => name !== '');
  if (names.length === 0) return null;
  const each = names.map((name) => `SET LOCAL ROLE ${quotePrincipal(name)};\n${revoke}`);
  return ['BEGIN;', ...each, 'COMMIT;'].join('\n');
}
