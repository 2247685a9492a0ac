import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Db } from '../db/pool.ts';
import type { ChainReport } from './chain-report.ts';
import { type CheckpointFile, readCheckpointFile, readKept, readKeyFile, whyUnread } from './kept-checkpoints.ts';
import { isMissing, type Place, publicKeyFile } from './sink-file.ts';
import { verifyAuditChain } from './verify-chain.ts';
import { type ProofReport, verifyProof } from './verify-proof.ts';

export const verifyUsage =
  'Usage: stoa audit verify [--checkpoints <file or folder>] [--public-key <file>] [--proof <file>] [--format text|json]';

export type VerifyArguments = {
  readonly checkpoints: string | undefined;
  readonly publicKey: string | undefined;
  /** A file of proofs that is held against the chain. */
  readonly proof?: string | undefined;
  readonly format: 'text' | 'json';
};

/** Throws an Error whose message is a sentence when they make no sense. */
export function readVerifyArguments(args: readonly string[]): VerifyArguments {
  const options = {
    checkpoints: { type: 'string' },
    'public-key': { type: 'string' },
    proof: { type: 'string' },
    format: { type: 'string', default: 'text' },
  } as const;
  const { values } = parseArgs({ args: [...args], options, strict: true });
  if (values.format !== 'text' && values.format !== 'json') throw new Error('--format is text or json');
  const { checkpoints, proof, format } = values;
  return { checkpoints, publicKey: values['public-key'], proof, format };
}

/** Exit codes: 0 intact, 1 broken, 2 something could not be looked at. */
export async function runVerify(
  db: Db,
  args: VerifyArguments,
  { place, out, tell }: { place: Place; out: (text: string) => void; tell: (line: string) => void },
): Promise<number> {
  const proofText = args.proof === undefined ? undefined : await readProofText(args.proof);
  const kept = await readKept(place);
  const { checkpoints } = args;
  const isKept = checkpoints === undefined;
  const outside = isKept ? kept.files : await readNamed(checkpoints, tell);
  const publicKey = args.publicKey === undefined ? kept.publicKey : await readNamedKey(args.publicKey);
  const unread = [...(isKept ? kept.unread : []), ...(args.publicKey === undefined ? kept.unreadKey : [])];
  if (isKept) for (const line of kept.notes) tell(line);
  if (isKept && outside.length > 0)
    tell(`The checkpoints are those of ${outside.map(({ name }) => name).join(', ')}; --checkpoints names others.`);
  if (args.publicKey === undefined && publicKey !== undefined)
    tell(`The public key is that of ${publicKeyFile(place)}; --public-key names another.`);
  let told = 0;
  const onProgress = (done: number, total: number) => {
    if (done < total && done - told < 100_000) return;
    told = done;
    tell(`${done} of ${total} events.`);
  };
  const report = await verifyAuditChain(db, { outside, publicKey, onProgress, unread });
  const proof = proofText === undefined ? undefined : await verifyProof(db, proofText, publicKey);
  const all = proof === undefined ? report : { ...report, proof };
  out(
    args.format === 'json'
      ? `${JSON.stringify(all, null, 2)}\n`
      : `${asText(report)}${proof === undefined ? '' : proofAsText(proof)}`,
  );
  return exitCodeOf(report, proof);
}

/** What is broken is told before what could not be looked at. */
function exitCodeOf({ outcome }: ChainReport, proof: ProofReport | undefined): number {
  if (outcome === 'broken' || (proof?.findings.length ?? 0) > 0) return 1;
  return outcome === 'unchecked' || (proof?.unchecked.length ?? 0) > 0 ? 2 : 0;
}

const readProofText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(isMissing(error) ? `There is no ${path}.` : whyUnread(path, error));
  });

function proofAsText({ requestId, held, findings, unchecked }: ProofReport): string {
  const heading =
    findings.length > 0
      ? `The file of proofs of request ${requestId} is NOT what the audit says.`
      : `The file of proofs of request ${requestId} is what the audit says; events of it that stand in the chain: ${held}.`;
  const left = unchecked.length === 0 ? [] : ['Could not be compared:', ...unchecked.map((why) => `  ${why}`)];
  return `${['', heading, ...findings.map((one) => `  ${one}`), ...left].join('\n')}\n`;
}

/** A file, or every file of a folder: what a sink wrote one by one. */
async function readNamed(path: string, tell: (line: string) => void): Promise<CheckpointFile[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw new Error(isMissing(error) ? `There is no ${path}.` : whyUnread(path, error));
  });
  const names = found.isDirectory() ? (await readdir(path)).sort().map((name) => join(path, name)) : [path];
  const files: CheckpointFile[] = [];
  for (const name of names) if ((await stat(name)).isFile()) files.push(await readCheckpointFile(name, tell));
  if (files.every((file) => file.checkpoints.length === 0)) throw new Error(`There is no checkpoint in ${path}.`);
  return files;
}

const readNamedKey = (path: string): Promise<string> =>
  readKeyFile(path).catch((error: unknown) => {
    throw new Error(whyUnread(path, error));
  });

const headings = {
  intact: 'The audit chain is intact.',
  broken: 'The audit chain is BROKEN.',
  unchecked: 'Nothing wrong was found, but not everything could be checked.',
};

function asText(report: ChainReport): string {
  const { checkpoints, uncovered, first } = report;
  const seconds = report.milliseconds / 1000;
  const lines = [
    headings[report.outcome],
    '',
    `  events verified   ${report.events} of ${report.sealed} sealed, in ${seconds.toFixed(1)} s`,
    `  checkpoints       ${checkpoints.count} trusted, ${checkpoints.outside} of them from outside the database`,
    `  last from outside ${checkpoints.lastOutside === null ? 'none' : `${checkpoints.lastOutside.time}, place ${checkpoints.lastOutside.seq}`}`,
    `  not covered       ${uncovered.sealed} sealed and ${uncovered.unsealed} unsealed events younger than the last checkpoint (${uncovered.since ?? 'there is none'}):`,
    '                    what was done to those before they were sealed and signed is not found',
  ];
  if (first !== null) {
    lines.push('', `First: ${placeOf(first)}${first.kind}. ${first.detail}`, '', `Findings: ${report.findingCount}`);
    for (const one of report.findings) lines.push(`  ${placeOf(one)}${one.kind}. ${one.detail}`);
    if (report.findingCount > report.findings.length) lines.push('  ...');
  }
  if (report.unchecked.length > 0)
    lines.push('', 'Could not be checked:', ...report.unchecked.map((why) => `  ${why}`));
  return `${lines.join('\n')}\n`;
}

function placeOf({ seq, through }: { seq: number | null; through?: number }): string {
  if (seq === null) return '';
  return through === undefined ? `place ${seq}, ` : `places ${seq} to ${through}, `;
}
