import type { ObservedState } from '@stoa/core/provisioning/observed';
import type { Step } from '@stoa/core/provisioning/plan';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteIdentifier, quotePrincipal, quoteShown, quoteText, refusePrincipal } from './identifiers.ts';
import type { ServerFacts } from './server-facts.ts';
import { setupScript } from './setup-script.ts';
import { statements } from './statements.ts';

const facts: ServerFacts = {
  versionNumber: 180_004,
  version: '18.4',
  database: 'warehouse',
  databaseId: '5',
  accountId: '100',
  accountName: 'stoa_connector',
  memberGrantorId: '100',
  installationId: 'i1',
  connectionId: 'c1',
  namePrefix: 'stoa_',
  actsForOwners: false,
};
const old: ServerFacts = { ...facts, versionNumber: 150_018 };
const seen: ObservedState = {
  account: { platformId: '100', name: 'stoa_connector' },
  separateGrantors: true,
  spare: null,
  containers: [],
  privileges: [],
  memberships: [],
  objects: [],
  schemas: [],
  defaults: [],
  principals: [],
  foreign: [],
  reach: new Map(),
  unmapped: { logins: [], isCut: false },
};

const container = { name: 'stoa_dp_1', nativeName: 'stoa_dp_1', platformId: '900' };
const causes = ['r1'];
const object = (platformId: string, name: string) => ({
  platformId,
  schemaId: '7',
  objectPath: ['warehouse', 'sales', name],
  objectType: 'table',
  ownerId: '50',
  grantor: null,
});
const sqlOf = (step: Step, on = facts): string =>
  statements(on, { steps: [step], blocked: [], widen: [] }, seen)
    .map((s) => s.sql)
    .join(';\n');

describe('the statements of a plan', () => {
  it('name all members of a container in one, which nobody can SET from 16 on', () => {
    const members = [
      { platformId: '11', name: 'ada' },
      { platformId: '12', name: 'O"Hara' },
    ];
    const step: Step = { kind: 'add-members', container, causes, members };
    expect(sqlOf(step)).toBe('GRANT "stoa_dp_1" TO "ada", "O""Hara" WITH INHERIT TRUE, SET FALSE');
    expect(sqlOf(step, old)).toBe('GRANT "stoa_dp_1" TO "ada", "O""Hara"');
    expect(sqlOf({ ...step, kind: 'end-members' })).toBe('REVOKE "stoa_dp_1" FROM "ada", "O""Hara"');
  });

  it('name all tables of a container in one, and check each by its id, owner and kind before they count', () => {
    const step: Step = {
      kind: 'grant-objects',
      container,
      causes,
      objects: [object('101', 'orders'), object('102', 'a"b')],
    };
    const [statement] = statements(facts, { steps: [step], blocked: [], widen: [] }, seen);
    expect(statement?.sql).toBe('GRANT SELECT ON TABLE "sales"."orders", "sales"."a""b" TO "stoa_dp_1"');
    expect(statement?.guard).toMatchInlineSnapshot(`
      "SELECT ('stoa.readback: ' || count(*))::pg_catalog.int4 FROM unnest('{101,102}'::pg_catalog.oid[], '{50,50}'::pg_catalog.oid[], '{r,r}'::pg_catalog.text[]) AS w(id, owner, kind) LEFT JOIN LATERAL (SELECT r.relowner, r.relkind, r.relacl FROM pg_catalog.pg_class r WHERE r.oid = w.id OFFSET 0) c ON true LEFT JOIN (SELECT o.id, pg_catalog.makeaclitem(900::pg_catalog.oid, CASE WHEN pg_catalog.pg_has_role(o.id, 'USAGE') THEN o.id ELSE 100 END, 'SELECT', false) AS acl FROM unnest('{50}'::pg_catalog.oid[]) AS o(id) OFFSET 0) item ON item.id = w.owner
        WHERE (c.relowner = w.owner AND c.relkind::pg_catalog.text = w.kind AND pg_catalog.aclcontains(c.relacl, item.acl)) IS NOT TRUE HAVING count(*) > 0"
    `);
    expect(statement?.locks).toEqual(['pg_catalog.pg_advisory_xact_lock(1398034241, 1)']);
  });

  it('mark a container with its installation, connection and label', () => {
    const step: Step = {
      kind: 'create-container',
      container: { ...container, platformId: null },
      causes,
      label: "Ada's",
    };
    expect(sqlOf(step)).toContain(`COMMENT ON ROLE "stoa_dp_1" IS 'stoa i1/c1 Ada''s'`);
    const pooled = { name: 'stoa_dp_1', nativeName: 'stoa_p_4', platformId: '904' };
    expect(sqlOf({ ...step, container: pooled }, old)).toBe(
      `UPDATE stoa.container SET key = NULL, mark = NULL WHERE key = 'stoa_dp_1'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = stoa.container.name);
UPDATE stoa.container SET key = 'stoa_dp_1', mark = 'stoa i1/c1 Ada''s' WHERE name = 'stoa_p_4' AND key IS NULL`,
    );
  });

  it('are split only where they would be very long', () => {
    const objects = Array.from({ length: 10_001 }, (_, n) => object(String(1000 + n), `t${n}`));
    const step: Step = { kind: 'grant-objects', container, causes, objects };
    expect(statements(facts, { steps: [step], blocked: [], widen: [] }, seen)).toHaveLength(2);
  });

  it('are never made for a principal that means everybody or somebody else', () => {
    for (const name of ['public', 'Public', 'none', 'pg_monitor', 'current_user', '', 'x'.repeat(64), 'a\0']) {
      const step: Step = { kind: 'add-members', container, causes, members: [{ platformId: '11', name }] };
      expect(sqlOf(step), name).toMatch(/^-- Not sent: the name ".*" is refused: \w+$/);
    }
  });

  it('never cascade and never pass on the right to grant', () => {
    const schema = { platformId: '7', objectPath: ['warehouse', 'sales'], grantor: null };
    const kinds: Step[] = [
      { kind: 'revoke-objects', container, causes, objects: [object('101', 'orders')] },
      { kind: 'revoke-schemas', container, causes, schemas: [schema] },
      { kind: 'grant-schemas', container, causes, schemas: [schema] },
      { kind: 'drop-container', container, causes },
    ];
    expect(kinds.map((step) => sqlOf(step))).toEqual([
      'REVOKE SELECT ON TABLE "sales"."orders" FROM "stoa_dp_1"',
      'REVOKE USAGE ON SCHEMA "sales" FROM "stoa_dp_1"',
      'GRANT USAGE ON SCHEMA "sales" TO "stoa_dp_1"',
      'DROP ROLE "stoa_dp_1"',
    ]);
  });
});

describe('what is said in the name of others', () => {
  const owner = { platformId: '50', name: 'own"er', assumed: true };

  it('takes away what each role gave in a statement of its own, as that role', () => {
    const objects = [
      object('101', 'a'),
      { ...object('102', 'b'), grantor: owner },
      { ...object('103', 'c'), grantor: owner },
    ];
    const made = statements(
      facts,
      { steps: [{ kind: 'revoke-objects', container, causes, objects }], blocked: [], widen: [] },
      seen,
    );
    expect(made.map((statement) => statement.sql)).toEqual([
      'REVOKE SELECT ON TABLE "sales"."a" FROM "stoa_dp_1"',
      'SET LOCAL ROLE "own""er";\nREVOKE SELECT ON TABLE "sales"."b", "sales"."c" FROM "stoa_dp_1";\nSET LOCAL ROLE NONE',
    ]);
    expect(made[1]?.guard).toContain("pg_catalog.makeaclitem(900::pg_catalog.oid, 50, 'SELECT', false)");
  });

  it('needs no other role where the account has its rights', () => {
    const objects = [{ ...object('101', 'a'), grantor: { ...owner, assumed: false } }];
    expect(sqlOf({ kind: 'revoke-objects', container, causes, objects })).toBe(
      'REVOKE SELECT ON TABLE "sales"."a" FROM "stoa_dp_1"',
    );
  });

  it('opens what a role makes later with one statement for each role, whatever the schemas', () => {
    const maker = (roleId: string, schemaId: string, name: string) => ({
      roleId,
      roleName: `role${roleId}`,
      schemaId,
      schemaPath: ['warehouse', name],
      assumed: roleId === '51',
    });
    const defaults = [maker('51', '7', 'sales'), maker('52', '7', 'sales'), maker('51', '8', 'hr')];
    const step: Step = { kind: 'grant-defaults', container, causes, defaults };
    expect(sqlOf(step).split(';\n')).toEqual([
      'SET LOCAL ROLE "role51"',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "role51" IN SCHEMA "sales", "hr" GRANT SELECT ON TABLES TO "stoa_dp_1"',
      'SET LOCAL ROLE NONE',
      'ALTER DEFAULT PRIVILEGES FOR ROLE "role52" IN SCHEMA "sales" GRANT SELECT ON TABLES TO "stoa_dp_1"',
    ]);
    expect(sqlOf({ ...step, kind: 'revoke-defaults' })).toContain('REVOKE SELECT ON TABLES FROM "stoa_dp_1"');
  });
});

describe('what a name keeps from being a statement', () => {
  const planned = (step: Step) => statements(facts, { steps: [step], blocked: [], widen: [] }, seen);

  it('is apart from the rest of its step, and says why', () => {
    const members = [
      { platformId: '11', name: 'odd\tname' },
      { platformId: '12', name: 'ada' },
    ];
    const ends = planned({ kind: 'end-members', container, causes, members });
    expect(ends.map(({ sql }) => sql)).toEqual([
      'REVOKE "stoa_dp_1" FROM "ada"',
      '-- Not sent: the name "odd\\tname" is refused: control_character',
    ]);
    expect(ends.map(({ refused }) => refused?.class)).toEqual([undefined, 'missing-principal']);
    // 63 bytes on a server of another encoding, and more here.
    const objects = [object('21', 'é'.repeat(40)), object('22', 'orders')];
    const grants = planned({ kind: 'grant-objects', container, causes, objects });
    expect(grants.map(({ refused }) => refused?.code)).toEqual([undefined, 'too_long']);
    expect(grants[0]?.sql).toBe('GRANT SELECT ON TABLE "sales"."orders" TO "stoa_dp_1"');
  });

  it('is everything where it is the name of the container', () => {
    const odd = { ...container, nativeName: 'odd\nname' };
    const [end] = planned({
      kind: 'end-members',
      container: odd,
      causes,
      members: [{ platformId: '12', name: 'ada' }],
    });
    expect(end?.refused?.code).toBe('control_character');
  });
});

describe('quoting', () => {
  it('keeps every name in its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (name) => {
        if (refusePrincipal(name) !== null) return;
        const quoted = quotePrincipal(name);
        expect(quoted).toBe(quoteIdentifier(name));
        expect(quoted.slice(1, -1).replaceAll('""', '')).not.toContain('"');
        expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(name);
      }),
    );
  });

  it('shows a name on one line, whatever is in it', () => {
    expect(quoteShown('a"b')).toBe('"a""b"');
    expect(quoteShown('a\nDROP "b\\c"')).toBe('U&"a\\000aDROP ""b\\\\c"""');
  });

  it('keeps every text in its quotes', () => {
    expect(quoteText("it's")).toBe("'it''s'");
    expect(quoteText("\\'; --")).toBe("E'\\\\''; --'");
  });
});

describe('the setup script', () => {
  const config = { host: 'db', database: 'ware"house', tls: 'disable', port: 5432 };
  const input = { config, installationId: 'i1', namePrefix: 'stoa_' };

  it('leaves the password to the administrator unless one was given', () => {
    expect(setupScript(input)).toContain('-- Give it a password of your own');
    expect(setupScript({ ...input, password: "p'w" })).toContain(`PASSWORD 'p''w';`);
  });

  it('cannot be left by any name', () => {
    const script = setupScript({ ...input, schemas: ["a'; DROP", '$stoa$'] });
    expect(script).toContain('ON DATABASE "ware""house"');
    expect(script).toContain("IN ('a''; DROP', '$stoa$')");
    expect(script).toContain('DO $stoa1$');
  });
});
