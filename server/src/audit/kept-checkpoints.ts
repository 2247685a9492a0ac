import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Checkpoint, readCheckpointLine, readPublicKeys } from './checkpoint.ts';
import { checkpointFile, filesSetAside, isMissing, type Place, publicKeyFile } from './sink-file.ts';

export type CheckpointFile = { readonly name: string; readonly checkpoints: readonly Checkpoint[] };

/** What lies outside of the database on this host. */
export type Kept = {
  /** The file of the sink and those that were set aside; none: there is none here. */
  readonly files: readonly CheckpointFile[];
  /** Files that are there and could not be read, in sentences. */
  readonly unread: readonly string[];
  readonly publicKey: string | undefined;
  /** The same of the public key. */
  readonly unreadKey: readonly string[];
  /** Lines that were passed over, in sentences. */
  readonly notes: readonly string[];
};

/**
 * What the file sink keeps on this host. It is read before the database is: then whatever it says was committed before what the
 * database shows. The present file comes first, since it may be set aside in between.
 */
export async function readKept(place: Place): Promise<Kept> {
  const unread: string[] = [];
  const unreadKey: string[] = [];
  const notes: string[] = [];
  const files: CheckpointFile[] = [];
  const take = async (name: string) => {
    const file = await readCheckpointFile(name, (line) => notes.push(line));
    if (file.checkpoints.length === 0) unread.push(`There is no checkpoint in ${name}.`);
    else files.push(file);
  };
  const present = checkpointFile(place);
  await take(present).catch(tellTo(unread, present));
  const aside = await filesSetAside(present).catch(tellTo(unread, dirname(present)));
  for (const name of aside ?? []) await take(name).catch(tellTo(unread, name));
  const keyFile = publicKeyFile(place);
  const publicKey = (await readKeyFile(keyFile).catch(tellTo(unreadKey, keyFile))) ?? undefined;
  return { files, unread, publicKey, unreadKey, notes };
}

/** What is not there is no fault; whatever else is in the way is told. */
const tellTo = (list: string[], file: string) => (error: unknown) => {
  if (!isMissing(error)) list.push(whyUnread(file, error));
};

/** A sentence about a file that is there and cannot be read. */
export const whyUnread = (file: string, error: unknown): string =>
  `${file} cannot be read (${error instanceof Error ? error.message : String(error)}).`;

/** Public keys in PEM; throws when the file is not there, or holds none. */
export async function readKeyFile(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8');
  readPublicKeys(pem);
  return pem;
}

/** The checkpoints of one file. Lines that are none are told of and passed over: a crash may have cut one. */
export async function readCheckpointFile(name: string, tell: (line: string) => void): Promise<CheckpointFile> {
  const checkpoints: Checkpoint[] = [];
  const unreadable = { count: 0, first: 0 };
  let number = 0;
  for await (const lines of readLines(name))
    for (const line of lines) {
      number++;
      if (line.trim() === '') continue;
      const read = readCheckpointLine(line);
      if (read !== undefined) checkpoints.push(read);
      else if (unreadable.count++ === 0) unreadable.first = number;
    }
  if (unreadable.count > 0)
    tell(
      `${name}: ${unreadable.count} lines are no checkpoints and were passed over, the first is line ${unreadable.first}.`,
    );
  return { name, checkpoints };
}

/** Longer than any checkpoint; what goes on is none. */
const longestLine = 65_536;

/** The lines of a file, as many at once as one read gives; others have their turn in between. */
async function* readLines(name: string): AsyncGenerator<string[]> {
  let rest = '';
  for await (const part of createReadStream(name, 'utf8')) {
    const lines = (rest + String(part)).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    yield lines;
  }
  yield [rest];
}
