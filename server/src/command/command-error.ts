/** A failure that the person at the terminal can do something about. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const tell = (line: string): boolean => process.stderr.write(`stoa: ${line}\n`);
export const print = (line: string): boolean => process.stdout.write(`${line}\n`);
