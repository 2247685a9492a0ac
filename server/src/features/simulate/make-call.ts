import type { Operation } from '@stoa/contract/operation';
import type { SimulatedChange } from '@stoa/contract/simulation';
import type { Deps } from '../../deps.ts';
import { parseInput } from '../../http/parse-input.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call, Reply, Route } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';

/** Who tries something out, and by which call. */
export type Caller = { readonly actor: LoadedPerson; readonly call: Call };

type CallChange = Extract<SimulatedChange, { change: 'call' }>;

/** As they stand in an address: texts. */
const asText = (members: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(Object(members ?? {})).map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
    ]),
  );

type Named = {
  readonly operation: string;
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
};
type Made = { readonly route: Route; readonly reply: Reply<Operation> };

/** Makes one call of an operation as the caller would: read by its contract, judged by its own rules. */
export async function callAgain(deps: Deps, { actor, call }: Caller, named: Named): Promise<Made> {
  const route = deps.routes.find((one) => one.operation.id === named.operation);
  if (route === undefined || 'handleRaw' in route)
    throw new Refusal('simulation.unknown_operation', { detail: `“${named.operation}” is none of them.` });
  const input = parseInput(route.operation, {
    params: asText(named.params),
    query: asText(named.query),
    body: named.body,
  });
  // The context has just been parsed by this very operation.
  const reply = await route.handle({ deps, actor, call, ...input } as Parameters<Route['handle']>[0]);
  return { route, reply };
}

/** Tries a call out by which people may lose access; of others nobody asks what would follow. */
export async function makeCall(deps: Deps, by: Caller, change: CallChange): Promise<void> {
  const isKnown = deps.routes.some(
    ({ operation }) => operation.id === change.operation && operation.losing !== undefined,
  );
  if (!isKnown) throw new Refusal('simulation.unknown_operation', { detail: `“${change.operation}” is none of them.` });
  await callAgain(deps, by, change);
}
