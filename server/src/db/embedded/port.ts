import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { loopback } from './address.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The port that the README shows; taken when it is free. */
export const usualPort = 54329;

const lowest = 20_000;

/** A fixed port or a refusal; else the one used last time, the usual one, or any free one. */
export async function choosePort(folder: string, fixed: number | undefined): Promise<number> {
  if (fixed !== undefined) {
    if (await isFree(fixed)) return fixed;
    throw new EmbeddedPostgresError(
      `The port ${fixed} asked for the embedded PostgreSQL is taken by another program. Stop that one, or choose another port.`,
    );
  }
  const remembered = Number(await readFile(join(folder, 'port'), 'utf8').catch(() => ''));
  for (const port of [remembered, usualPort]) {
    if (Number.isInteger(port) && port > 0 && port < 65_536 && (await isFree(port))) return port;
  }
  return findFreePort();
}

export async function rememberPort(folder: string, port: number): Promise<void> {
  await writeFile(join(folder, 'port'), String(port));
}

function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

/**
 * Of those below the ports that systems hand out by themselves, as long as one is found: nobody's connection takes it between
 * the look and the start, nor while the server is down.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(lowest, 32_768);
    if (await isFree(port)) return port;
  }
  return listenOnce(0);
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, loopback, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
