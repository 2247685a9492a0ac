import { formsOfPassword, judgePassword, type PasswordOwner } from '@stoa/core/password/judge-password';
import { Refusal } from '../../http/refusal.ts';
import { isKnownPassword } from './known-passwords.ts';

/** Refuses a password that would be guessed: from its owner, its pattern, or a list of those that leaked elsewhere. */
export async function requireGoodPassword(password: string, owner: PasswordOwner, path: string): Promise<void> {
  const weak = (message: string) => new Refusal('auth.weak_password', { detail: message, errors: [{ path, message }] });
  const fault = judgePassword(password, owner);
  if (fault?.why === 'pattern') throw weak('It has fewer than five different characters.');
  if (fault?.why === 'names')
    throw weak(`It is made of “${fault.word}”, which is known to whoever guesses; ten characters beside it would do.`);
  if (await isKnownPassword(formsOfPassword(password)))
    throw weak('It is among the passwords that leaked elsewhere, and those are tried first.');
}
