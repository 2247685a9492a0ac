import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type ChildServer = {
  url: string;
  process: ChildProcess;
  /** Settles with the signal or code it ended by. */
  ended: Promise<string>;
  kill(signal?: NodeJS.Signals): Promise<string>;
};

/**
 * Starts a built server as a process of its own, the way people run it, and waits until it says that it is ready.
 * A first start that loads the sample takes longer than the others.
 */
export async function startChildServer(
  entry: string,
  env: Record<string, string>,
  readyInSeconds = 90,
  nodeOptions: readonly string[] = [],
): Promise<ChildServer> {
  const child = spawn(process.execPath, [...nodeOptions, entry], {
    env: { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: '0', STOA_ALLOW_UNSAFE_DATABASE: 'on', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const ended = new Promise<string>((resolve) => child.on('exit', (code, signal) => resolve(signal ?? String(code))));
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<string>((resolve) =>
    lines.on('line', (line) => {
      const url = /ready on (http:\S+?)[;,]?(?:\s|$)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    }),
  );
  const timeout = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(`it was not ready within ${readyInSeconds} s`)), readyInSeconds * 1_000).unref(),
  );
  const url = await Promise.race([
    ready,
    timeout,
    ended.then((how) =>
      Promise.reject(new Error(`the server ended by ${how} before it was ready: ${errors.join('').slice(0, 2_000)}`)),
    ),
  ]);
  return {
    url,
    process: child,
    ended,
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return ended;
    },
  };
}
