import { errorDefinitions, problem } from '@stoa/contract/error';
import { scimType, scimUrns } from '@stoa/contract/scim-path';
import { z } from 'zod';
import type { RawAnswer } from './send-raw.fixture.ts';

const definitions = new Map<string, { status: number }>(Object.entries(errorDefinitions));

/** What must never leave: stack frames, paths of our code, words of the database. */
const leaks =
  /node_modules|\n\s+at |\/src\/|\.ts:\d|SQLSTATE|violates \w+ constraint|syntax error at or near|relation "|invalid input syntax|kysely|PostgresError/i;

/** What is wrong about a refusal: its form, its code, or what it gives away. */
export function faultsOfRefusal(answer: RawAnswer): string[] {
  if (answer.type.startsWith(scimType)) return faultsOfScimError(answer);
  const faults: string[] = [];
  if (!answer.type.startsWith('application/problem+json')) faults.push(`a refusal as ${answer.type || 'nothing'}`);
  if (leaks.test(answer.text)) faults.push('it shows the inside');
  const parsed = problem.safeParse(parseJson(answer.text));
  if (!parsed.success) return [...faults, 'not the form of a problem'];
  const definition = definitions.get(parsed.data.code);
  if (definition === undefined) faults.push(`an unknown code ${parsed.data.code}`);
  else if (definition.status !== answer.status || parsed.data.status !== answer.status)
    faults.push(`the code ${parsed.data.code} under ${answer.status}`);
  return faults;
}

const scimError = z.strictObject({
  schemas: z.tuple([z.literal(scimUrns.error)]),
  status: z.string(),
  scimType: z.string().optional(),
  detail: z.string().min(1),
});

/** The same of what a directory is told. */
function faultsOfScimError(answer: RawAnswer): string[] {
  const faults = leaks.test(answer.text) ? ['it shows the inside'] : [];
  const parsed = scimError.safeParse(parseJson(answer.text));
  if (!parsed.success) return [...faults, 'not the form of an error of SCIM'];
  return parsed.data.status === String(answer.status)
    ? faults
    : [...faults, `${parsed.data.status} under ${answer.status}`];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
