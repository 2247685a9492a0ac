import { readCsv } from '@stoa/contract/read-csv';

/** One object as a catalog names it, with what its link narrows the name by. */
export type WantedName = {
  readonly name: string;
  readonly technology?: string;
  readonly host?: string;
  readonly port?: string;
  readonly assetType?: string;
};

/** The cells of a table; what comes behind something that cannot be read is left out. */
export const cellsOf = (text: string): (readonly string[])[] => readCsv(text).rows.map((row) => row.cells);

/** A link of ours or another marketplace's, whatever stands before its path; undefined for any other text. */
function linkOf(text: string): WantedName | undefined {
  const query = /\/request\?(.*)$/s.exec(text)?.[1];
  if (query === undefined) return undefined;
  const params = new URLSearchParams(query.split('#')[0]);
  const name = params.get('fullyQualifiedName');
  return name === null ? undefined : wanted(name, (member) => params.get(member));
}

function wanted(name: string, read: (member: string) => string | null | undefined): WantedName {
  const given = (member: string) => {
    const value = read(member)?.trim();
    return value === undefined || value === '' ? undefined : value;
  };
  const technology = given('technology');
  // A host says nothing without the technology whose default port it would be.
  const host = technology === undefined ? undefined : given('host');
  const port = given('port');
  const assetType = given('assetType');
  return {
    name: name.trim(),
    ...(technology === undefined ? {} : { technology }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined || !/^\d{1,5}$/.test(port) ? {} : { port }),
    ...(assetType === undefined ? {} : { assetType }),
  };
}

const plain = (header: string): string => header.toLowerCase().replaceAll(/[^a-z]/g, '');

/** Names as people paste them: one per line, links, or a table with a column of names or links, such as our own export. */
export function pastedNames(text: string): WantedName[] {
  const head = (/^[^\r\n]*/.exec(text.replace(/^\uFEFF/, ''))?.[0] ?? '').split(/[,;\t]/).map(plain);
  const hasTable = ['fullyqualifiedname', 'requesturl', 'link', 'url'].some((one) => head.includes(one));
  if (!hasTable) {
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    return lines.filter((line) => line !== '').map((line) => linkOf(line) ?? { name: line });
  }
  const [header = [], ...rows] = cellsOf(text);
  const names = header.map(plain);
  return rows.flatMap((cells) => {
    const read = (member: string) => cells[names.indexOf(plain(member))];
    const link = ['requestUrl', 'link', 'url']
      .map((member) => linkOf(read(member) ?? ''))
      .find((one) => one !== undefined);
    const name = read('fullyQualifiedName') ?? '';
    if (link !== undefined) return [link];
    return name.trim() === '' ? [] : [wanted(name, read)];
  });
}

/** A batch: names that are narrowed alike, in one call. Their places among all of them go along. */
export type NameBatch = {
  readonly filter: Omit<WantedName, 'name'>;
  readonly names: readonly { at: number; name: string }[];
};

const namesAtMost = 100;
/** A request line may not be longer than a server reads. */
const lettersAtMost = 6_000;

export function batchesOf(wantedNames: readonly WantedName[]): NameBatch[] {
  const groups = new Map<string, { filter: Omit<WantedName, 'name'>; names: { at: number; name: string }[] }>();
  for (const [at, { name, ...filter }] of wantedNames.entries()) {
    const key = JSON.stringify(filter);
    const group = groups.get(key) ?? { filter, names: [] };
    group.names.push({ at, name });
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ filter, names }) => {
    const batches: NameBatch[] = [];
    let batch: { at: number; name: string }[] = [];
    let letters = 0;
    for (const one of names) {
      const length = encodeURIComponent(one.name).length + 5;
      if (batch.length === namesAtMost || (batch.length > 0 && letters + length > lettersAtMost)) {
        batches.push({ filter, names: batch });
        batch = [];
        letters = 0;
      }
      batch.push(one);
      letters += length;
    }
    return batch.length === 0 ? batches : [...batches, { filter, names: batch }];
  });
}
