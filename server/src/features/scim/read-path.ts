import { scimUrns } from '@stoa/contract/scim-path';
import { Refusal } from '../../http/refusal.ts';
import { extensions } from './attributes.ts';
import { type Comparison, readComparisons } from './read-filter.ts';

/** Where a path leads, with all names as they were written. */
export type Place = {
  /** The extension it lies in; undefined: the core schema. */
  readonly extension: 'enterprise' | 'attributes' | undefined;
  /** Undefined: all of the extension. */
  readonly attribute: string | undefined;
  readonly filter: readonly Comparison[] | undefined;
  readonly part: string | undefined;
};

const longest = 1_000;
const form = /^([a-z$][\w$-]{0,99})(?:\[((?:"(?:[^"\\]|\\.)*"|[^\]"])*)\])?(?:\.([a-z$][\w$-]{0,99}))?$/i;
const core = [scimUrns.user, scimUrns.group].map((urn) => urn.toLowerCase());

/** Reads the path of an operation, or a member of a value that says as much: `emails[type eq "work"].value`. */
export function readPath(path: string): Place {
  if (path.length > longest) throw pathRefused(path);
  const lower = path.toLowerCase();
  for (const [urn, extension] of extensions) {
    if (lower === urn) return { extension, attribute: undefined, filter: undefined, part: undefined };
    if (lower.startsWith(`${urn}:`)) return { extension, ...readPlace(path.slice(urn.length + 1), path) };
  }
  const schema = core.find((urn) => lower.startsWith(`${urn}:`));
  const rest = schema === undefined ? path : path.slice(schema.length + 1);
  return { extension: undefined, ...readPlace(rest, path) };
}

function readPlace(text: string, whole: string): Omit<Place, 'extension'> {
  const found = form.exec(text);
  if (found === null) throw pathRefused(whole);
  const [, attribute, filter, part] = found;
  return { attribute, filter: filter === undefined ? undefined : readComparisons(filter), part };
}

export const pathRefused = (path: string): Refusal =>
  new Refusal('scim.path_refused', {
    detail: `There is no attribute ${JSON.stringify(path.slice(0, 200))}. Nothing was changed.`,
  });
