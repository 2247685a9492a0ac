import { tagOf } from './system-tags.ts';

/** Names of what Stoa itself hands out begin so; nobody makes such a tag by hand. */
export const reservedRoot = 'Stoa ';

/** A tag lies at most this deep: the number of its segments. */
export const deepestTag = 10;
/** Longest name of a tag, with its escapes. */
export const longestTagName = 255;

/** The segments of a dot path, unescaped: `a\.b.c` is `a.b` and `c`. */
export const segmentsOf = (name: string): readonly string[] =>
  name.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'));

/** The last segment, as people read it. */
export const lastSegmentOf = (name: string): string => segmentsOf(name).at(-1) ?? name;

/** The tags above one, from the root down: of `a.b.c` these are `a` and `a.b`. */
export const parentsOf = (name: string): readonly string[] => {
  const segments = segmentsOf(name);
  return segments.slice(0, -1).map((_, depth) => tagOf(segments.slice(0, depth + 1)));
};

export type TagNameFault = 'empty_segment' | 'backslash' | 'control' | 'too_deep' | 'too_long' | 'reserved';

/**
 * Why a name cannot be that of a tag; null when it can. A segment is not empty and has no space at its ends; a backslash
 * stands before a dot alone, since it would be taken for an escape.
 */
export const faultOfTagName = (name: string): TagNameFault | null => {
  if (name.length > longestTagName) return 'too_long';
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return 'control';
  if (/\\(?!\.)/.test(name)) return 'backslash';
  const segments = segmentsOf(name);
  if (segments.some((part) => part === '' || part.trim() !== part)) return 'empty_segment';
  if (segments.length > deepestTag) return 'too_deep';
  return name.toLowerCase().startsWith(reservedRoot.toLowerCase()) ? 'reserved' : null;
};

/** A name as it is stored and compared: composed, so that what looks alike is alike. */
export const canonicalTagName = (name: string): string => name.normalize('NFC');
