import { text as textForm } from '@stoa/contract/text';
import { Refusal } from '../../http/refusal.ts';

/** `attribute eq value`; the attribute in small letters, without the schema that may stand before it. */
export type Comparison = { readonly attribute: string; readonly value: string | boolean };

const longest = 1_000;
const storable = textForm(longest, 0);
const mostComparisons = 5;
const comparison =
  /\s*((?:urn:[\w:.-]{1,120}:)?[a-z$][\w$-]{0,60}(?:\.[a-z$][\w$-]{0,60})?)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)/iy;
const and = /\s+and(?=\s)/iy;
/** Of a filter on one kind of value: `members[value eq "1"]`, which says the same as `members.value eq "1"`. */
const ofValues = /^\s*([a-z]{1,60})\[(.*)\]\s*$/is;

/**
 * Reads a filter: comparisons by `eq`, joined by `and`, which is what directories look people and groups up by. What is
 * longer or says anything else is refused: passed over, it would find others than were asked for.
 */
export function readFilter(text: string): Comparison[] {
  if (text.length > longest) throw refused(`It is longer than ${longest} characters.`);
  const within = ofValues.exec(text);
  if (within?.[1] !== undefined && within[2] !== undefined)
    return readComparisons(within[2]).map(({ attribute, value }) => ({
      attribute: `${within[1]?.toLowerCase()}.${attribute}`,
      value,
    }));
  return readComparisons(text);
}

/** The same of what stands in the brackets of a path. */
export function readComparisons(text: string): Comparison[] {
  if (text.length > longest) throw refused(`It is longer than ${longest} characters.`);
  const found: Comparison[] = [];
  let at = 0;
  for (;;) {
    comparison.lastIndex = at;
    const [whole, attribute = '', value = ''] = comparison.exec(text) ?? [];
    if (whole === undefined) throw refused();
    found.push({ attribute: attribute.replace(/^urn:.*:/i, '').toLowerCase(), value: readValue(value) });
    if (found.length > mostComparisons) throw refused(`It has more than ${mostComparisons} comparisons.`);
    at += whole.length;
    if (text.slice(at).trim() === '') return found;
    and.lastIndex = at;
    const [joint] = and.exec(text) ?? [];
    if (joint === undefined) throw refused();
    at += joint.length;
  }
}

function readValue(text: string): string | boolean {
  if (!text.startsWith('"')) return text.toLowerCase() === 'true';
  const value = parsed(text);
  // What nothing here can hold, the database does not even compare.
  if (!storable.safeParse(value).success) throw refused('A value holds a NUL or a broken character.');
  return value;
}

function parsed(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw refused();
  }
}

export const refused = (why = ''): Refusal =>
  new Refusal('scim.filter_refused', { detail: `The filter is not supported. ${why}`.trim() });
