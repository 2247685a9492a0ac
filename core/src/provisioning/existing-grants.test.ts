import { describe, expect, test } from 'vitest';
import {
  type ExistingGrant,
  type GrantFacts,
  grantKey,
  planTakeBack,
  settledFindings,
  type TakeBackPlan,
  type TakeBackQuestion,
} from './existing-grants.ts';

const grant = (granteeName: string, changes: Partial<ExistingGrant> = {}): ExistingGrant => ({
  objectId: '100',
  objectPath: ['db', 'hr', 'staff'],
  column: null,
  columnId: changes.column ?? null,
  granteeId: granteeName === 'PUBLIC' ? '0' : granteeName,
  granteeName,
  privilege: 'SELECT',
  isGrantable: false,
  grantorId: 'owner',
  grantorName: 'owner',
  isToOwner: false,
  isToSuperuser: false,
  isOurs: false,
  canActFor: true,
  isNameable: true,
  ...changes,
});

/** Ada and Ben are mapped; both are members of `analysts`, and a job of nobody is a member of `etl`, as is Ben. */
const facts = (grants: ExistingGrant[], changes: Partial<GrantFacts> = {}): GrantFacts => ({
  grants,
  reach: new Map([
    ['ada', new Set(['ada', 'analysts', '0'])],
    ['ben', new Set(['ben', 'analysts', 'etl', '0'])],
  ]),
  strangers: new Map([['etl', ['job']]]),
  names: new Map([
    ['ada', 'ada'],
    ['ben', 'ben'],
  ]),
  protectedNames: new Set(),
  keeps: (principalId) => principalId === 'ada',
  ...changes,
});

const question = (changes: Partial<TakeBackQuestion> = {}): TakeBackQuestion => ({
  mode: 'take_over',
  path: [],
  named: null,
  ...changes,
});
const taken = ({ taken: list }: TakeBackPlan) =>
  list.map((one) => `${one.privileges.join()}${one.column === null ? '' : ` (${one.column})`} ${one.granteeName}`);
const kept = ({ kept: list }: TakeBackPlan) => list.map((one) => `${one.granteeName}: ${one.reason}`);

describe('what is kept', () => {
  const grants = [
    grant('ada'),
    grant('boss', { isToSuperuser: true }),
    grant('owner', { isToOwner: true }),
    grant('stoa_dp_1', { isOurs: true }),
    grant('loader'),
    grant('etl'),
    grant('PUBLIC'),
  ];

  test('whatever is not asked for by name stays where others use it, and superusers keep what they have', () => {
    const plan = planTakeBack(facts(grants), question());
    expect(taken(plan)).toEqual(['SELECT ada']);
    expect(kept(plan).sort()).toEqual([
      'PUBLIC: public',
      'boss: superuser',
      'etl: shared_role',
      'loader: nobody_known',
    ]);
  });

  test('a role that logins of nobody use, and everybody, are taken from only where they are named, and never to adopt', () => {
    const named = new Set([grantKey('100', 'etl', 'SELECT'), grantKey('100', '0', 'SELECT')]);
    expect(taken(planTakeBack(facts(grants), question({ named })))).toEqual(['SELECT PUBLIC', 'SELECT etl']);
    const adopted = planTakeBack(facts(grants, { keeps: () => true }), question({ named, mode: 'adopt' }));
    expect(kept(adopted)).toEqual(['PUBLIC: public', 'etl: shared_role']);
  });

  test('where not every login was read, each role counts as one that others use', () => {
    const plan = planTakeBack(facts(grants, { strangers: null }), question());
    expect(taken(plan)).toEqual([]);
    expect(kept(plan)).toContain('ada: shared_role');
  });

  test('a protected name keeps what it has, also what it has by a role', () => {
    const some = [grant('ada'), grant('analysts'), grant('etl')];
    const named = new Set([grantKey('100', 'etl', 'SELECT')]);
    const plan = planTakeBack(facts(some, { protectedNames: new Set(['ada']) }), question());
    expect(kept(plan)).toEqual(['ada: protected', 'analysts: protected', 'etl: shared_role']);
    const job = planTakeBack(facts(some, { protectedNames: new Set(['job']) }), question({ named }));
    expect(kept(job)).toEqual(['etl: protected']);
  });

  test('names that may stand in no statement', () => {
    expect(kept(planTakeBack(facts([grant('ada', { isNameable: false })]), question()))).toEqual(['ada: odd_name']);
  });
});

describe('adopting', () => {
  test('takes what all of its people read by Stoa, and waits for the others by name', () => {
    const plan = planTakeBack(facts([grant('ada'), grant('analysts')]), question({ mode: 'adopt' }));
    expect(taken(plan)).toEqual(['SELECT ada']);
    expect(plan.kept).toMatchObject([{ granteeName: 'analysts', reason: 'waits', waiting: ['ben'] }]);
  });

  test('leaves whoever may write: Stoa gives reading alone', () => {
    const plan = planTakeBack(
      facts([grant('ada'), grant('ada', { privilege: 'UPDATE' })]),
      question({ mode: 'adopt' }),
    );
    expect(taken(plan)).toEqual([]);
    expect(kept(plan)).toEqual(['ada: writes']);
  });
});

describe('the order', () => {
  const handing = grant('ada', { isGrantable: true });
  const handed = grant('ben', { grantorId: 'ada', grantorName: 'ada' });

  test('what was given on goes first, and keeps its source where it stays', () => {
    expect(taken(planTakeBack(facts([handing, handed]), question()))).toEqual(['SELECT ben', 'SELECT ada']);
    const some = planTakeBack(facts([handing, handed], { protectedNames: new Set(['ben']) }), question());
    expect(kept(some)).toEqual(['ada: dependent', 'ben: protected']);
    const ours = grant('stoa', { grantorId: 'ada', isOurs: true });
    expect(kept(planTakeBack(facts([handing, ours]), question()))).toEqual(['ada: dependent']);
  });

  test('what Stoa cannot act for is an administrator’s, and so is what waits for it', () => {
    const plan = planTakeBack(facts([handing, { ...handed, canActFor: false }]), question());
    expect(plan.taken.map(({ granteeName, runs, because }) => [granteeName, runs, because])).toEqual([
      ['ben', 'administrator', 'grantor'],
      ['ada', 'administrator', 'behind'],
    ]);
  });

  test('a column goes before the whole, and with it where only the whole is named', () => {
    const grants = [grant('ada'), grant('ada', { column: 'pay' }), grant('ada', { column: 'age', grantorId: 'dba' })];
    const named = new Set([grantKey('100', 'ada', 'SELECT')]);
    expect(taken(planTakeBack(facts(grants), question({ named })))).toEqual(['SELECT (pay) ada', 'SELECT ada']);
    const column = new Set([grantKey('100', 'ada', 'SELECT (age) (column)')]);
    expect(taken(planTakeBack(facts(grants), question({ named: column })))).toEqual(['SELECT (age) ada']);
  });
});

test('each grantor’s grant is taken by itself, in the subtree alone', () => {
  const grants = [
    grant('ada'),
    grant('ada', { privilege: 'UPDATE' }),
    grant('ada', { grantorId: 'dba', grantorName: 'dba' }),
    grant('ada', { objectId: '200', objectPath: ['db', 'it', 'hosts'] }),
  ];
  const plan = planTakeBack(facts(grants), question({ path: ['db', 'hr'] }));
  expect(plan.taken.map((one) => `${one.privileges.join()} by ${one.grantorName}`)).toEqual([
    'SELECT by dba',
    'SELECT,UPDATE by owner',
  ]);
  expect(plan.taken[0]?.people).toEqual(['ada']);
});

test('a finding is settled once no entry of it is left, whoever gave it', () => {
  const columns = [grant('ada', { column: 'pay' }), grant('ada', { column: 'pay', privilege: 'UPDATE' })];
  const others = grant('ada', { grantorId: 'dba', grantorName: 'dba' });
  const { taken: list } = planTakeBack(facts([grant('ada'), others, ...columns]), question());
  const [ofColumn, ofWhole] = [list.find((one) => one.column !== null), list.find((one) => one.column === null)];
  if (ofColumn === undefined || ofWhole === undefined) throw new Error('not planned');
  expect(settledFindings(ofWhole, [others])).toEqual([]);
  expect(settledFindings(ofWhole, columns)).toEqual(['SELECT']);
  expect(settledFindings(ofColumn, [others, ...columns.slice(1)])).toEqual(['SELECT (pay) (column)']);
});
