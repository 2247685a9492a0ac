import { memberOf } from './target-of.ts';
import type { PeopleChangeLine } from '@stoa/contract/people-change';

type Described = { readonly before: unknown; readonly answer: unknown; readonly setsPassword: boolean };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const cellOf = (value: unknown): string | null => {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(String).sort().join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Line by line what is otherwise afterwards, by what was read before and what the call answers. */
export function describeChange({ before, answer, setsPassword }: Described): PeopleChangeLine[] {
  if (Array.isArray(memberOf(answer, 'rows'))) return linesOfImport(listOf(memberOf(answer, 'rows')));
  const subject = textOf(memberOf(before, 'name')) || textOf(memberOf(answer, 'name'));
  if (answer === undefined) return [{ subject, what: 'group', before: subject, after: null }];
  const line = (what: string, was: unknown, is: unknown): PeopleChangeLine[] => {
    const cells = { before: cellOf(was), after: cellOf(is) };
    return cells.before === cells.after ? [] : [{ subject, what, ...cells }];
  };
  const plain = ['username', 'name', 'email', 'status', 'permissions'].flatMap((name) =>
    line(name, memberOf(before, name), memberOf(answer, name)),
  );
  const [had, has] = [before, answer].map((one) => Object.entries(Object(memberOf(one, 'attributes'))));
  const names = new Set([...(had ?? []), ...(has ?? [])].map(([name]) => name));
  const attributes = [...names].flatMap((name) =>
    line(`attribute ${name}`, new Map(had).get(name), new Map(has).get(name)),
  );
  return [
    ...plain,
    ...attributes,
    ...(setsPassword ? [{ subject, what: 'password', before: null, after: '•••' }] : []),
    ...moved(
      subject,
      'member',
      [before, answer].map((one) => namesOf(memberOf(one, 'members'), 'username')),
    ),
    ...moved(
      subject,
      'otherLogin',
      [before, answer].map((one) => namesOf(memberOf(one, 'otherLogins'), 'username')),
    ),
    ...moved(
      subject,
      'signInLink',
      [before, answer].map((one) => namesOf(memberOf(one, 'signInLinks'), 'subject')),
    ),
  ];
}

const namesOf = (list: unknown, name: string): string[] => listOf(list).map((one) => textOf(memberOf(one, name)));

function moved(subject: string, what: string, [had = [], has = []]: string[][]): PeopleChangeLine[] {
  const [were, are] = [new Set(had), new Set(has)];
  return [
    ...has.filter((one) => !were.has(one)).map((after) => ({ subject, what, before: null, after })),
    ...had.filter((one) => !are.has(one)).map((before) => ({ subject, what, before, after: null })),
  ];
}

const linesOfImport = (rows: readonly unknown[]): PeopleChangeLine[] =>
  rows.flatMap((row) => {
    const outcome = textOf(memberOf(row, 'outcome'));
    if (outcome === 'unchanged' || outcome === 'refused') return [];
    const subject = textOf(memberOf(row, 'subject'));
    const cells = listOf(memberOf(row, 'changes'));
    if (cells.length === 0) return [{ subject, what: outcome, before: null, after: null }];
    return cells.map((cell) => ({
      subject,
      what: textOf(memberOf(cell, 'column')),
      before: cellOf(memberOf(cell, 'before')),
      after: cellOf(memberOf(cell, 'after')),
    }));
  });
