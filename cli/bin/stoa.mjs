#!/usr/bin/env node
import '../../scripts/require-node.mjs';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from '../../scripts/install.mjs';
import { buildChanged } from '../../scripts/build.mjs';
import { root } from '../../scripts/workspace.mjs';

const help = `stoa: the command of a Stoa installation, run on the server's host

  stoa token create --user <username> --description <text>
      Prints a new personal access token of that user, once. It reads the same settings as the server
      (DATABASE_URL, STOA_DATA_DIR ...).

  stoa --help
      Prints this text.
`;

const args = process.argv.slice(2);
if (args.length === 0 || args.includes('--help') || args.includes('-h') || args[0] === 'help') {
  process.stdout.write(help);
} else if (args[0] === 'token' && args[1] === 'create') {
  process.exitCode = await runOnServer(args);
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
