import { type Detail, type MessageWords, oneLine } from './words.ts';

/** One message of several that go in one mail. */
export type DigestEntry = { readonly at: string; readonly subject: string; readonly path: string | null };
type Linked = Detail & { readonly path: string | null };

/** So many are named; the inbox has them all. */
const mostNamed = 50;

/** What one mail says of several messages: a line for each, the oldest first, and the way to the inbox. */
export function digestOf(entries: readonly DigestEntry[]): Omit<MessageWords, 'details'> & {
  readonly details: readonly Linked[];
} {
  const more = entries.length - mostNamed;
  return {
    subject: `${entries.length} messages from Stoa`,
    message:
      more > 0
        ? `What happened since your last digest: the first ${mostNamed} of ${entries.length}. The inbox has all of them.`
        : 'What happened since your last digest.',
    details: entries.slice(0, mostNamed).map(({ at, subject, path }) => ({ label: at, value: oneLine(subject), path })),
    action: { label: 'Open the inbox', path: '/inbox' },
  };
}
