import { cutText } from '@stoa/contract/text';
import type { Failure, FailureClass } from '../connector.ts';
import { ConnectorError } from '../connector.ts';
import { NameRefused } from './identifiers.ts';

/** The prefix of errors that our own read-backs raise inside a transaction. */
export const readbackMark = 'stoa.readback';

/** The prefix of errors that our own questions before a statement raise. */
export const changedMark = 'stoa.changed';

const changed: Failure = {
  class: 'missing-object',
  code: 'changed',
  message: 'What stands on the platform is not what was shown any more, so nothing was run',
  remedy: 'Look again, and decide by what is there now.',
  outcomeUnknown: false,
};

/** In place of the text that PostgreSQL makes of the mark. */
const notShown = 'The platform confirmed the statement and does not show what it should have done, so it was undone';

const classes: Readonly<Record<string, FailureClass>> = {
  XX000: 'retry',
  '40P01': 'retry',
  '40001': 'retry',
  '23505': 'retry',
  '55P03': 'retry',
  '55006': 'retry',
  '57014': 'retry',
  '57P01': 'retry',
  '57P02': 'retry',
  '57P03': 'retry',
  '53300': 'retry',
  '53400': 'retry',
  '58000': 'retry',
  '42710': 'retry',
  '28000': 'auth',
  '28P01': 'auth',
  '3D000': 'auth',
  '42P01': 'missing-object',
  '3F000': 'missing-object',
  '42703': 'missing-object',
  '42809': 'missing-object',
  '42704': 'missing-principal',
  '42501': 'privilege',
  '0LP01': 'privilege',
  '2BP01': 'privilege',
  '42939': 'privilege',
  '54000': 'unsupported',
  '0A000': 'unsupported',
};

const remedies: Readonly<Record<FailureClass, string>> = {
  retry: 'It is tried again by itself.',
  auth: 'Check the username, the password and the database of the connection.',
  'missing-object': 'Sync the connection; the object was dropped or renamed.',
  'missing-principal': 'The login is gone on the platform; check the identity of the person.',
  privilege: 'Run the preflight of the connection; it shows the SQL that gives the missing privilege.',
  unsupported: 'The platform cannot do this; split the product or use another platform role.',
  bug: 'Report this with the message.',
};

type Raised = { readonly code?: string; readonly message: string; readonly fromServer: boolean };

function readError(error: unknown): Raised {
  if (!(error instanceof Error)) return { message: String(error), fromServer: false };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const fromServer = 'severity' in error && code !== undefined && /^[0-9A-Z]{5}$/.test(code);
  return { ...(code === undefined ? {} : { code }), message: error.message, fromServer };
}

function isNetwork({ code, message, fromServer }: Raised): boolean {
  if (fromServer) return code?.startsWith('08') === true;
  if (code !== undefined && /^(E[A-Z]+|ERR_SOCKET\w*)$/.test(code)) return true;
  return /connection terminated|connection timeout|timeout exceeded|timeout expired|read timeout|socket/i.test(message);
}

function isTls({ code, message }: Raised): boolean {
  return /certificate|SSL|TLS|altname/i.test(message) || /CERT|TLS|SSL/.test(code ?? '');
}

/**
 * What an error of the driver or the server means (platforms.md 2). `sent`: the statement may have reached the server, so
 * that a broken connection leaves its outcome open.
 */
export function classify(error: unknown, sent = false): Failure {
  if (error instanceof ConnectorError) return error.failure;
  const raised = readError(error);
  const message = cutText(raised.message, 500);
  const failure = (kind: FailureClass, code: string, outcomeUnknown = false): Failure => ({
    class: kind,
    code,
    message,
    remedy: remedies[kind],
    outcomeUnknown,
  });
  if (error instanceof NameRefused) return failure('missing-principal', error.refusal);
  if (message.includes(changedMark)) return changed;
  if (message.includes(readbackMark)) return { ...failure('retry', 'readback'), message: notShown };
  if (isTls(raised) && !raised.fromServer) return failure('auth', raised.code ?? 'tls');
  if (isNetwork(raised)) return failure('retry', raised.code ?? 'network', sent);
  if (!raised.fromServer || raised.code === undefined) return failure('bug', raised.code ?? 'unknown', sent);
  const kind = classes[raised.code] ?? (/^(53|57|58|08)/.test(raised.code) ? 'retry' : 'bug');
  return failure(kind, raised.code, raised.code.startsWith('57P'));
}

/** True when the TLS handshake, not the login, is what failed. */
export function isTlsFailure(error: unknown): boolean {
  const raised = readError(error);
  return !raised.fromServer && isTls(raised);
}

/** The error as callers of a session see it. */
export function toConnectorError(error: unknown, sent = false): ConnectorError {
  if (error instanceof ConnectorError) return error;
  return new ConnectorError(classify(error, sent), { cause: error });
}
