#!/usr/bin/env node
import '../../scripts/require-node.mjs';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from '../../scripts/install.mjs';
import { buildChanged } from '../../scripts/build.mjs';
import { root } from '../../scripts/workspace.mjs';
import { runImport } from './import.mjs';

const help = `stoa: the command of a Stoa installation

  stoa token create --user <username> --description <text>
      Prints a new personal access token of that user, once. It reads the same settings as the server
      (DATABASE_URL, STOA_DATA_DIR ...), and is run on the server's host.

  stoa second-factor reset --user <username>
      Takes away the second factor of that user, and ends their sessions; the password alone signs them in again.
      For whom no user admin can help. Run on the server's host, like token create.

  stoa audit verify [--checkpoints <file or folder>] [--public-key <file>] [--format text|json]
      Recomputes the audit chain from its beginning and compares it with signed checkpoints kept outside of the
      database. Exit code 0: intact; 1: broken, with the first place; 2: something could not be checked.

  stoa verify [--connection <key>]... [--only I1,I9] [--settle 60s] [--journal <file>] [--canaries <file>]
              [--format text|json]
      Recomputes from the stored facts what should hold, compares it with the platforms, and says what does not.
      It writes nothing. Exit code 0: all of it holds; 1: something does not; 2: something could not be checked.

  stoa import <users|groups|members|attributes|identities> <file.csv> [--connection <key>] [--apply]
      Tries a file and says what becomes of each row; with --apply, all rows or none are applied. It speaks to
      the API at STOA_URL (http://127.0.0.1:3000) with the token in STOA_TOKEN.

  stoa keys list | rotate | rewrap --to <file>
      Shows the keys that seal stored secrets, makes new ones and seals everything with them, or wraps them with the
      root key in that file. Run on the server's host, like token create.

  stoa backup <file> [--with-root-key]
  stoa restore <file> [--replace] [--root-key-to <file>]
      Writes everything the database holds at one moment into a file, while Stoa runs; brings it back while Stoa
      is stopped, and lists what the data platforms have beyond it. Run on the server's host, like token create.

  stoa --help
      Prints this text.
`;

/** Commands of one word that are an entry point of the server. */
const onServer = new Set(['verify', 'keys', 'backup', 'restore', 'second-factor']);

const args = process.argv.slice(2);
if (args.length === 0 || args.includes('--help') || args.includes('-h') || args[0] === 'help') {
  process.stdout.write(help);
} else if (
  (args[0] === 'token' && args[1] === 'create') ||
  (args[0] === 'audit' && args[1] === 'verify') ||
  onServer.has(args[0])
) {
  process.exitCode = await runOnServer(args);
} else if (args[0] === 'import') {
  process.exitCode = await runImport(args.slice(1));
} else {
  process.stderr.write(`stoa: there is no command "${args.slice(0, 2).join(' ')}".\n\n${help}`);
  process.exitCode = 2;
}

// What touches the database is an entry point of the server, started as a process of its own.
async function runOnServer(args) {
  const entry = join(root, 'server/dist/cli.js');
  if (!existsSync(entry)) {
    await ensureInstalled();
    if (!(await buildChanged({ isQuiet: true }))) return 1;
  }
  if (!existsSync(entry)) {
    process.stderr.write('stoa: this clone has no server/src/cli.ts to build the command from.\n');
    return 1;
  }
  const env = { STOA_ROOT: root, ...process.env };
  const child = spawn(process.execPath, [entry, ...args], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`stoa: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
