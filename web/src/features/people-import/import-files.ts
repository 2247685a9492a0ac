import { csvOf } from '@stoa/contract/csv';
import { importColumns, importKind, type ImportedRow, type ImportKind } from '@stoa/contract/people-import';

export const importKinds: readonly ImportKind[] = importKind.options;

/** One filled cell of each column, as the template shows it. */
export const exampleCells: Readonly<Record<ImportKind, Readonly<Record<string, string>>>> = {
  users: {
    username: 'ana.ruiz',
    name: 'Ana Ruiz',
    email: 'ana.ruiz@example.com',
    status: 'active',
    samePersonAs: 'ana.ruiz',
  },
  groups: { name: 'Finance', email: 'finance@example.com' },
  members: { group: 'Finance', username: 'ana.ruiz', action: 'add' },
  attributes: { type: 'user', principal: 'ana.ruiz', name: 'country', value: 'SE', action: 'add' },
  identities: { username: 'ana.ruiz', externalName: 'ana_ruiz' },
};

/** For tables of what is here already. */
export const settled = { isPending: false, error: null, refetch: () => undefined };

export type ImportColumn = { readonly name: string; readonly needed: 'yes' | 'no' | 'new'; readonly example: string };

/** An account that is there already needs neither. */
const neededOfNew: readonly string[] = ['name', 'email'];

export function columnsOf(kind: ImportKind): readonly ImportColumn[] {
  const { required, optional } = importColumns[kind];
  const column = (needed: ImportColumn['needed']) => (name: string) => ({
    name,
    needed: needed === 'no' && kind === 'users' && neededOfNew.includes(name) ? ('new' as const) : needed,
    example: exampleCells[kind][name] ?? '',
  });
  return [...required.map(column('yes')), ...optional.map(column('no'))];
}

/** A file with the header of the kind and one row to write over. */
export const templateOf = (kind: ImportKind): string => {
  const columns = columnsOf(kind);
  return csvOf([columns.map((one) => one.name), columns.map((one) => one.example)]);
};

/** What a trial or an import came to, as a file for whoever mends the rows. */
export const resultFile = (rows: readonly ImportedRow[]): string =>
  csvOf([
    ['line', 'outcome', 'about', 'column', 'reason', 'changes'],
    ...rows.map((row) => [
      String(row.line),
      row.outcome,
      row.subject,
      row.column ?? '',
      row.reason ?? '',
      row.changes.map(({ column, before, after }) => `${column}: ${before ?? ''} -> ${after ?? ''}`).join('; '),
    ]),
  ]);

/** Saves a CSV that was made here; what the server makes is saved by `downloadFrom`. */
export function saveText(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
