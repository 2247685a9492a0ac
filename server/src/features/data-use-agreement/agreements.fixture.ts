import { createDataUseAgreement } from '@stoa/contract/data-use-agreement';
import { standardRequestForm } from '@stoa/core/review/standard';
import { sql } from 'kysely';
import type { TestPerson, TestServer } from '../../testing/app.ts';
import { makeForm } from '../access-request/requests.fixture.ts';

let made = 0;

/** A new agreement under a name of its own. */
export async function makeAgreement(maker: TestPerson, body = 'Use it well.') {
  const name = `Terms ${++made}`;
  const answer = await maker.call(createDataUseAgreement, { body: { name, body } });
  if (answer.status !== 201) throw new Error(`making an agreement answered ${answer.status}`);
  const { id, version = 0, sha256 = '' } = answer.body;
  return { id, name, version, sha256 };
}

type FormOfTest = { policy: object; agreements: readonly string[]; fields?: readonly object[] };

/** A form that asks for agreements, past the API: forms have tests of their own. */
export async function makeFormAsking(server: TestServer, { policy, agreements, fields }: FormOfTest): Promise<string> {
  const id = await makeForm(server, policy, fields ?? standardRequestForm.fields);
  await sql`update request_form_version set agreements = ${JSON.stringify(agreements)}::jsonb where request_form_id = ${id}`.execute(
    server.deps.db,
  );
  return id;
}
