import pg from 'pg';
import { describe, expect, it } from 'vitest';
import type { FailureClass } from '../connector.ts';
import { classify, isTlsFailure } from './errors.ts';
import { NameRefused } from './identifiers.ts';

function serverError(code: string, message = 'x'): Error {
  const error = new pg.DatabaseError(message, 1, 'error');
  error.code = code;
  error.severity = 'ERROR';
  return error;
}

describe('the class of a failure', () => {
  const known: [string, FailureClass][] = [
    ['XX000', 'retry'],
    ['40P01', 'retry'],
    ['40001', 'retry'],
    ['23505', 'retry'],
    ['55P03', 'retry'],
    ['53300', 'retry'],
    ['28P01', 'auth'],
    ['3D000', 'auth'],
    ['42P01', 'missing-object'],
    ['3F000', 'missing-object'],
    ['42704', 'missing-principal'],
    ['42501', 'privilege'],
    ['2BP01', 'privilege'],
    ['54000', 'unsupported'],
    ['42601', 'bug'],
  ];
  for (const [code, kind] of known) {
    it(`is ${kind} for ${code}, and nothing was written`, () => {
      expect(classify(serverError(code), true)).toMatchObject({ class: kind, code, outcomeUnknown: false });
    });
  }

  it('is told with a message that is not cut through the middle of a character', () => {
    const { message } = classify(serverError('P0001', `${'x'.repeat(499)}😀 and more`));
    expect(message).toBe('x'.repeat(499));
    expect(classify(serverError('P0001', `${'x'.repeat(498)}😀 and more`)).message).toHaveLength(500);
  });

  it('leaves the outcome open when the line broke after a statement was sent', () => {
    const cut = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    expect(classify(cut, true)).toMatchObject({ class: 'retry', outcomeUnknown: true });
    expect(classify(cut)).toMatchObject({ class: 'retry', outcomeUnknown: false });
    expect(classify(new Error('Connection terminated unexpectedly'), true).outcomeUnknown).toBe(true);
    expect(classify(serverError('57P01'), true)).toMatchObject({ class: 'retry', outcomeUnknown: true });
  });

  it('is retry for our own read-back, since another look will tell more', () => {
    expect(classify(serverError('22P02', 'invalid input syntax: "stoa.readback: 1"'))).toMatchObject({
      class: 'retry',
      code: 'readback',
      message: expect.stringMatching(/^The platform confirmed .* and does not show/),
    });
  });

  it('tells a bad certificate and a refused name from everything else', () => {
    const certificate = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(isTlsFailure(certificate)).toBe(true);
    expect(isTlsFailure(serverError('28P01'))).toBe(false);
    expect(classify(new NameRefused('public', 'reserved'))).toMatchObject({
      class: 'missing-principal',
      code: 'reserved',
    });
  });
});
