import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Config } from '../config.ts';
import type { Db } from '../db/pool.ts';
import { readSecrets } from '../secrets/read-secrets.ts';
import { type InvariantId, invariantIds } from './finding.ts';
import { exitCodeOf, jsonReport, printReport } from './print-report.ts';
import { runVerify, UnknownConnection, type VerifyAsk } from './run-verify.ts';

const usage =
  'Usage: stoa verify [--connection <key>]... [--only I1,I9] [--settle 60s] [--journal <file>] [--canaries <file>] [--format text|json]';

export type InstallationAsk = Omit<VerifyAsk, 'db' | 'config' | 'secrets'> & { readonly format: 'text' | 'json' };

/** Throws an Error whose message is a sentence when they make no sense. */
export async function readInstallationAsk(args: readonly string[]): Promise<InstallationAsk> {
  const text = { type: 'string' } as const;
  const options = {
    only: text,
    settle: text,
    journal: text,
    canaries: text,
    format: text,
    connection: { type: 'string', multiple: true },
  } as const;
  const { values } = parsed(() => parseArgs({ args: [...args], options }));
  const format = values.format ?? 'text';
  if (format !== 'text' && format !== 'json') throw new Error(`the format is text or json. ${usage}`);
  const only = readInvariants(values.only);
  const [journal, canaries] = [await readGiven(values.journal), await readGiven(values.canaries)];
  return {
    settleMs: readSettle(values.settle ?? '60s'),
    format,
    connections: values.connection ?? [],
    ...(only === undefined ? {} : { only }),
    ...(journal === undefined ? {} : { journal }),
    ...(canaries === undefined ? {} : { canaries }),
  };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}. ${usage}`, { cause: error });
  }
}

function readInvariants(text: string | undefined): InvariantId[] | undefined {
  return text?.split(',').map((name) => {
    const id = invariantIds.find((known) => known === name.trim().toUpperCase());
    if (id === undefined) throw new Error(`there is no invariant "${name.trim()}": they are I1 to I15.`);
    return id;
  });
}

function readSettle(text: string): number {
  const match = /^(\d{1,5})(ms|s|m)?$/.exec(text);
  if (match === null) throw new Error(`--settle is a time such as 60s or 2m, not "${text}".`);
  return Number(match[1]) * (match[2] === 'ms' ? 1 : match[2] === 'm' ? 60_000 : 1000);
}

async function readGiven(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
  });
}

/** Prints the report. The exit code: 0 all of it holds, 1 something does not, 2 something could not be checked. */
export async function verifyInstallation(
  db: Db,
  { format, ...ask }: InstallationAsk,
  { config, out, auditChain }: Pick<VerifyAsk, 'auditChain'> & { config: Config; out: (text: string) => void },
): Promise<number> {
  try {
    const report = await runVerify({
      ...ask,
      ...(auditChain && { auditChain }),
      db,
      config,
      secrets: await readSecrets(db, config),
    });
    out(`${format === 'json' ? jsonReport(report) : printReport(report)}\n`);
    return exitCodeOf(report);
  } catch (error) {
    if (error instanceof UnknownConnection)
      throw new Error(`there is no connection "${error.message}".`, { cause: error });
    throw error;
  }
}
