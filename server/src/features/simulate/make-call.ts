import type { SimulatedChange } from '@stoa/contract/simulation';
import type { Deps } from '../../deps.ts';
import { parseInput } from '../../http/parse-input.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call, Route } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';

/** Who tries something out, and by which call. */
export type Caller = { readonly actor: LoadedPerson; readonly call: Call };

type CallChange = Extract<SimulatedChange, { change: 'call' }>;

/** As they stand in an address: texts. */
const asText = (members: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(members ?? {}).map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
    ]),
  );

/** Makes one call of an operation as the caller would: read by its contract, judged by its own rules. */
export async function makeCall(deps: Deps, { actor, call }: Caller, change: CallChange): Promise<void> {
  const route = deps.routes.find((one) => one.operation.id === change.operation);
  if (route === undefined || 'handleRaw' in route || route.operation.losing === undefined)
    throw new Refusal('simulation.unknown_operation', { detail: `“${change.operation}” is none of them.` });
  const input = parseInput(route.operation, {
    params: asText(change.params),
    query: asText(change.query),
    body: change.body,
  });
  // The context has just been parsed by this very operation.
  await route.handle({ deps, actor, call, ...input } as Parameters<Route['handle']>[0]);
}
