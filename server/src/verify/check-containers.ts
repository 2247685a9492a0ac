import type { ExpectedAccess } from './expected-access.ts';
import type { ConnectionFact, SourceFact } from './facts.ts';
import type { Finding } from './finding.ts';
import { groupBy } from './group-by.ts';
import type { ContainerFact, World } from './load-world.ts';
import type { Pace } from './pace.ts';
import type { Catalog, GrantRow, MemberRow, RoleRow } from './platform.ts';
import type { RecordedFindings } from './recorded-findings.ts';

type Asked = {
  readonly world: World;
  readonly connection: ConnectionFact;
  readonly catalog: Catalog;
  readonly expected: ExpectedAccess;
  readonly recorded: RecordedFindings;
  readonly pace: Pace;
};
/** What each container is looked up in. */
type Ask = Asked & {
  readonly containers: ReadonlyMap<string, readonly ContainerFact[]>;
  readonly byId: ReadonlyMap<number, SourceFact>;
  readonly byNativeId: ReadonlyMap<string | null, readonly SourceFact[]>;
  readonly logins: ReadonlySet<string>;
};

const nameOf = (kind: string, number: string): string => `${kind}_${number}`;

function prepare(asked: Asked): Ask {
  const { world, connection, expected } = asked;
  const containers = world.containers.get(connection.id) ?? [];
  return {
    ...asked,
    containers: groupBy(containers, ({ kind, number }) => nameOf(kind, number.toString(36))),
    byId: new Map(expected.sources.map((source) => [source.id, source])),
    byNativeId: groupBy(expected.sources, ({ nativeId }) => nativeId),
    logins: new Set((world.logins.get(connection.id) ?? []).map(({ principal }) => principal)),
  };
}

/** What bears our mark, and what our account gave, each has a reason of its own to be there (I12). */
export async function checkContainers(asked: Asked): Promise<{ findings: Finding[]; rows: number }> {
  const ask = prepare(asked);
  const roles = [...ask.catalog.roles.values()].filter(({ container }) => container !== null);
  const grants = groupBy(ask.catalog.grants, ({ grantee }) => grantee);
  const members = groupBy(ask.catalog.members, ({ role }) => role);
  const findings: Finding[] = [];
  for (const role of roles) {
    const turn = ask.pace.look();
    if (turn !== undefined) await turn;
    findings.push(
      ...checkObjects(ask, role, grants.get(role.id) ?? []),
      ...checkMembers(ask, role, members.get(role.id) ?? []),
    );
  }
  return { findings: [...findings, ...checkDirect(ask)], rows: roles.length };
}

const finding = (
  { connection }: Ask,
  more: Pick<Finding, 'subject' | 'expected' | 'found'> & { path: string },
): Finding => ({
  invariant: 'I12',
  direction: 'extra',
  subject: more.subject,
  expected: more.expected,
  found: more.found,
  where: `${connection.key}: ${more.path}`,
  since: null,
  next: 'Sync the connection; if it stays, take it away on the platform.',
  connectionKey: connection.key,
});

/** `stoa_dp_<number>`, with `_<part>` from the second part on; the number is in base 36. */
function registered(ask: Ask, role: RoleRow): ContainerFact | undefined {
  const match = /_(dp|as|po)_([0-9a-z]+)(?:_\d+)?$/.exec(role.container ?? '');
  return ask.containers.get(nameOf(match?.[1] ?? '', match?.[2] ?? ''))?.[0];
}

function checkObjects(ask: Ask, role: RoleRow, grants: readonly GrantRow[]): Finding[] {
  const container = registered(ask, role);
  const name = role.container ?? role.name;
  if (container === undefined)
    return grants.length === 0
      ? []
      : [
          finding(ask, {
            subject: name,
            path: name,
            expected: 'a container stands for a product, an asset or a policy',
            found: `it stands for nothing and reads ${grants.length} tables`,
          }),
        ];
  const allowed = allowedOf(ask, container);
  return grants.flatMap(({ relation, isGrantable }) => {
    const row = ask.catalog.relations.get(relation);
    if (row === undefined || ask.recorded.hasObject(name, relation)) return [];
    const about = { subject: name, path: `${row.schemaName}.${row.name}` };
    if (isGrantable)
      return [
        finding(ask, {
          ...about,
          expected: 'nobody may pass on what Stoa gave',
          found: 'it is granted WITH GRANT OPTION',
        }),
      ];
    return allowed(relation)
      ? []
      : [
          finding(ask, {
            ...about,
            expected: 'what it stands for lists everything that it reads',
            found: 'it reads what is not listed',
          }),
        ];
  });
}

/** Which tables and views a container may read at all. */
function allowedOf(ask: Ask, { targetId, kind }: ContainerFact): (relation: string) => boolean {
  const { catalog, expected, world, connection } = ask;
  const target = world.targets.get(targetId);
  const listed = (source: SourceFact): boolean =>
    kind === 'po' ? expected.isGivenByPolicy(source) : target?.sources.has(source.id) === true;
  const isInFront = (source: SourceFact): boolean =>
    !expected.isMasked(source) && source.exposure !== 'view' && source.exposure !== 'closed';
  return (relation) => {
    const viewOf = catalog.relations.get(relation)?.viewOf ?? null;
    if (viewOf !== null) {
      const source = ask.byId.get(viewOf);
      return source !== undefined && listed(source);
    }
    const sources = ask.byNativeId.get(relation);
    // Of a schema or a database also what was made in it since a crawl has looked.
    if (sources === undefined) return kind === 'as' && world.crawled.get(connection.id)?.has(relation) !== true;
    return sources.some((source) => listed(source) && isInFront(source));
  };
}

/** Whom nobody knows may not be in a container, unless it is recorded that somebody else put them there. */
function checkMembers(ask: Ask, role: RoleRow, members: readonly MemberRow[]): Finding[] {
  const name = role.container ?? role.name;
  return members
    .filter(({ member }) => member !== ask.catalog.account.id)
    .filter(({ member }) => !ask.logins.has(member) && !ask.recorded.hasMember(name, member))
    .map(({ member }) =>
      finding(ask, {
        subject: ask.catalog.roles.get(member)?.name ?? member,
        path: name,
        expected: 'every member is the login of somebody with a cause',
        found: 'it is a member and the login of nobody',
      }),
    );
}

/** Our account gives to containers and to the owner of views, and to nobody else. */
function checkDirect(ask: Ask): Finding[] {
  const { account, roles, relations, grants } = ask.catalog;
  return grants
    .filter(({ grantor, grantee }) => grantor === account.id && grantee !== account.id)
    .filter(({ grantee }) => roles.get(grantee)?.container == null && roles.get(grantee)?.isLayer !== true)
    .flatMap(({ grantee, relation }) => {
      const row = relations.get(relation);
      if (row === undefined || row.owner === grantee || row.owner === account.id) return [];
      return [
        finding(ask, {
          subject: roles.get(grantee)?.name ?? 'PUBLIC',
          path: `${row.schemaName}.${row.name}`,
          expected: 'the account of Stoa gives to its own containers alone',
          found: 'it has a grant of the account of its own',
        }),
      ];
    });
}
