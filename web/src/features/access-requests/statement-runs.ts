import type { EvidenceStatement } from '@stoa/contract/evidence';

export type StatementRun = {
  readonly at: string;
  readonly connectionKey: string;
  readonly statements: readonly string[];
  readonly failures: readonly string[];
};

/** The statements by the run that they were part of, in their order. */
export function runsOf(statements: readonly EvidenceStatement[]): readonly StatementRun[] {
  const runs = new Map<string, readonly EvidenceStatement[]>();
  for (const one of statements) {
    const key = `${one.at} ${one.connectionKey}`;
    runs.set(key, [...(runs.get(key) ?? []), one]);
  }
  return [...runs.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const failures = new Set(list.flatMap(({ failure }) => (failure === null ? [] : [failure])));
    const { at, connectionKey } = first;
    return [{ at, connectionKey, statements: list.map(({ statement }) => statement), failures: [...failures] }];
  });
}
