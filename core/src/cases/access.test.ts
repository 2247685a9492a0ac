import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileAccess } from '../access/compile.ts';
import type { AccessFacts, Approval, PlatformIdentity, Source, Target, UserFact } from '../access/model.ts';
import { diff } from '../provisioning/diff.ts';
import type { Wanted } from './provisioning.fixture.ts';
import { desiredOf, emptyFacts, observedOf, ownerId, planText, schemaId } from './provisioning.fixture.ts';

type Case<Given> = { readonly name: string; readonly given: Given; readonly want: unknown; readonly reason: string };

function cases<Given>(rule: string, answer: (given: Given) => unknown, match: 'matches' | 'equals'): void {
  const folder = new URL(`${rule}/`, import.meta.url);
  describe(rule, () => {
    for (const file of readdirSync(folder).sort()) {
      const read: readonly Case<Given>[] = parse(readFileSync(new URL(file, folder), 'utf8'));
      for (const { name, given, want, reason } of read) {
        test(name, () => {
          const got = answer(given);
          if (match === 'equals') expect(got, reason).toEqual(want);
          else expect(got, reason).toMatchObject(Object(want));
        });
      }
    }
  });
}

type AccessGiven = {
  readonly now?: number;
  readonly target?: Partial<Target>;
  readonly source?: Partial<Source>;
  readonly outOfDomain?: boolean;
  readonly user?: Partial<UserFact>;
  readonly identity?: Partial<PlatformIdentity> | null;
  readonly approvals: readonly (Partial<Approval> & { readonly requestId: string })[];
};

cases('access', (given: AccessGiven) => compileAccess(factsOf(given)), 'matches');

function factsOf(given: AccessGiven): AccessFacts {
  const identity: PlatformIdentity = { externalName: 'ada', principalId: '11', state: 'mapped' };
  const sources = [{ dataSourceId: 1, outOfDomain: given.outOfDomain ?? false }];
  return {
    ...emptyFacts,
    now: given.now ?? 0,
    targets: [
      {
        targetId: 't1',
        kind: 'dp',
        containerNumber: 1,
        label: 'Orders',
        suspended: false,
        deleted: false,
        parent: null,
        sources,
        ...given.target,
      },
    ],
    sources: [
      {
        dataSourceId: 1,
        platformId: '101',
        schemaPlatformId: schemaId,
        objectPath: ['db', 'schema', 'orders'],
        objectType: 'table',
        ownerPlatformId: ownerId,
        enabled: true,
        hold: false,
        missing: false,
        ...given.source,
      },
    ],
    users: [
      {
        globalUserId: 'g1',
        status: 'active',
        identity: given.identity === null ? null : { ...identity, ...given.identity },
        ...given.user,
      },
    ],
    approvals: given.approvals.map((a) => ({
      targetId: 't1',
      globalUserId: 'g1',
      notAfter: null,
      ended: false,
      awaitingAcceptance: false,
      ...a,
    })),
  };
}

type PlanGiven = {
  readonly separateGrantors?: boolean;
  readonly pair?: readonly string[];
  readonly want: Wanted;
  readonly have?: {
    readonly ours?: boolean;
    readonly objects: readonly string[];
    readonly members: readonly string[];
    readonly foreignMembers?: readonly string[];
    /** Schema 7 is usable although it holds nothing of the container. */
    readonly usage?: boolean;
    /** Roles whose later tables in schema 7 the container will read. */
    readonly defaults?: readonly string[];
  };
  /** The roles that make tables in schema 7. */
  readonly creators?: Readonly<Record<string, 'rights' | 'role' | 'none'>>;
  /** Tables that stand in another schema by now. */
  readonly moved?: readonly string[];
  readonly owners?: Readonly<Record<string, string>>;
  readonly notGrantable?: readonly string[];
  /** Tables on which so many roles are listed that no further one fits. */
  readonly full?: readonly string[];
  /** The same of schema 7. */
  readonly isSchemaFull?: boolean;
  readonly noLogin?: readonly string[];
};

cases(
  'provisioning',
  (given: PlanGiven) => {
    const { have } = given;
    const container = have && {
      ours: have.ours ?? true,
      label: 'Orders',
      objects: new Set(have.objects),
      schemas: new Set(have.objects.length > 0 || have.usage === true ? [schemaId] : []),
      members: new Set(have.members),
      foreignMembers: new Set(have.foreignMembers),
      defaults: new Set(have.defaults),
    };
    const observed = observedOf({
      containers: new Map(container ? [['stoa_dp_1', container]] : []),
      objects: new Map(
        ['101', '102'].map((id) => [
          id,
          {
            owner: given.owners?.[id] ?? ownerId,
            grantable: !given.notGrantable?.includes(id),
            isFull: given.full?.includes(id) ?? false,
            ...(given.moved?.includes(id) ? { schema: '8' } : {}),
          },
        ]),
      ),
      principals: new Map(['11', '12', '13'].map((id) => [id, { login: !given.noLogin?.includes(id) }])),
      creators: new Map(Object.entries(given.creators ?? {})),
      separateGrantors: given.separateGrantors ?? true,
      isSchemaFull: given.isSchemaFull ?? false,
    });
    return planText(diff(desiredOf(given.want, given.pair ?? null), observed));
  },
  'equals',
);
