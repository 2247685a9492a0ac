import { knownNumbers, nearNumbers, validatorNames } from '@stoa/core/identification/make-numbers.fixture';
import { validators } from '@stoa/core/identification/validators';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownPostgres } from '../testing/own-postgres.ts';
import { connectAs } from '../testing/postgres-world.ts';
import { validatorSql } from './validator-sql.ts';

let client: pg.Client;
beforeAll(async () => {
  const server = ownPostgres();
  client = await connectAs(server, 'postgres', server);
});
afterAll(() => client.end());

const withoutNul = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replaceAll('\0', ''));

describe.each(validatorNames)('the validator %s on PostgreSQL', (name) => {
  const ask = async (values: readonly string[]): Promise<(boolean | null)[]> => {
    const { rows } = await client.query<{ is: boolean | null }>(
      `SELECT ${validatorSql(name, 'v')} AS is FROM unnest($1::text[]) WITH ORDINALITY AS u(v, n) ORDER BY n`,
      [values],
    );
    return rows.map((row) => row.is);
  };
  const expectAgreement = async (values: readonly string[]): Promise<void> => {
    const server = await ask(values);
    expect(values.map((value, index) => [value, server[index]])).toEqual(
      values.map((value) => [value, validators[name](value)]),
    );
  };

  test('agrees with core on numbers of registers and on what is near to them', async () => {
    await expectAgreement([...knownNumbers[name].valid, ...knownNumbers[name].invalid]);
    const many = fc.array(nearNumbers(name), { minLength: 200, maxLength: 200 });
    await fc.assert(fc.asyncProperty(many, expectAgreement), { numRuns: 10 });
  });

  test('agrees with core on any text, and never fails', async () => {
    const many = fc.array(withoutNul, { minLength: 100, maxLength: 100 });
    await fc.assert(fc.asyncProperty(many, expectAgreement), { numRuns: 3 });
  });
});
