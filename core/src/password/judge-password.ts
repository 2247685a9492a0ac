import { shortestPassword } from '@stoa/contract/text';

/** Fewer different characters than this are a pattern, however long it is. */
const fewestDifferent = 5;
/** Shorter names stand in too many other words to tell anything. */
const shortestName = 3;
/** So many digits and signs at the end make a usual password no better: `sunshine2024!`. */
const longestTail = 5;

/** Whom a password is for; what is known of them is tried first by whoever guesses. */
export type PasswordOwner = { readonly username: string; readonly name: string; readonly email: string | null };

/** Why a password may not be set: `names` of the owner or of the product make it up, or it is one `pattern`. */
export type PasswordFault = { readonly why: 'names'; readonly word: string } | { readonly why: 'pattern' };

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The words that count for nothing in a password of this person: user name, name, address and their parts, and the product. */
export function wordsOfOwner({ username, name, email }: PasswordOwner): readonly string[] {
  const [mailbox = '', host = ''] = (email ?? '').split('@');
  const whole = [username, name, email ?? '', mailbox, host, 'Stoa', 'password'].map(fold);
  const words = new Set([...whole, ...whole.flatMap((one) => one.split(/[^\p{L}\p{N}]+/u))]);
  return [...words].filter((word) => word.length >= shortestName).sort((a, b) => b.length - a.length);
}

/**
 * Whether a new password is one that would be guessed from its owner or its pattern; null where it is not. Once names are left
 * out, as much as the shortest password must remain.
 */
export function judgePassword(password: string, owner: PasswordOwner): PasswordFault | null {
  const folded = fold(password);
  if (new Set(folded).size < fewestDifferent) return { why: 'pattern' };
  let rest = folded;
  let first: string | undefined;
  for (const word of wordsOfOwner(owner)) {
    if (!rest.includes(word)) continue;
    first ??= word;
    // A mark in its place: what stood on both sides of a name must not become another one.
    rest = rest.replaceAll(word, '\0');
  }
  const isShort = rest.replaceAll('\0', '').length < shortestPassword;
  return first !== undefined && isShort ? { why: 'names', word: first } : null;
}

/** The forms in which a password is looked up among those that are tried first: as it is, and without its tail. */
export function formsOfPassword(password: string): readonly string[] {
  const folded = fold(password);
  const tail = /[^\p{L}]+$/u.exec(folded)?.[0] ?? '';
  const bare = tail.length > longestTail ? folded : folded.slice(0, folded.length - tail.length);
  return [...new Set([folded, bare])].filter((one) => one !== '');
}
