import type { LiveEvent } from '@stoa/contract/event';
import type { Query, QueryClient } from '@tanstack/react-query';
import { membersOf } from '../lib/members.ts';

/** What has changed of a list since it was read, each with the version of its last event. */
type Changes = ReadonlyMap<string, number>;
/** By the operation that a list is read with. */
export type Held = ReadonlyMap<string, Changes>;

/** So long after one's own act what is heard of its object came of it: the platform's answer takes a moment. */
const ownForMs = 20_000;

const operationOf = (query: Query): string => String(query.queryKey[0]);

/** Those that no reading has shown yet; a reading shows what had happened when it began. */
const unseen = (changes: Changes, seen: Changes): Changes =>
  new Map([...changes].filter(([id, version]) => (seen.get(id) ?? -1) < version));

/** Counts what changes in lists that must not move under the reader's hand. What the reader did is no news to them. */
export function holdChanges(client: QueryClient, onChange: (held: Held) => void, now = () => performance.now()) {
  let held: Held = new Map();
  const own = new Map<string, number>();
  const begun = new Map<string, Changes>();
  const set = (operationId: string, changes: Changes) => {
    const rest = [...held].filter(([id]) => id !== operationId);
    held = new Map(changes.size === 0 ? rest : [...rest, [operationId, changes]]);
    onChange(held);
  };
  const changesOf = (operationId: string): Changes => held.get(operationId) ?? new Map();
  const isOwn = ({ id }: LiveEvent): boolean => now() - (own.get(id) ?? -ownForMs) < ownForMs;
  const stops = [
    client.getMutationCache().subscribe((event) => {
      if (event.type !== 'updated') return;
      const { params } = membersOf(event.mutation.state.variables);
      for (const id of Object.values(membersOf(params))) if (typeof id === 'string') own.set(id, now());
    }),
    client.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.query.meta?.hold !== true) return;
      const { action, query } = event;
      const operationId = operationOf(query);
      if (action.type === 'fetch') begun.set(query.queryHash, changesOf(operationId));
      const seen = action.type === 'success' ? begun.get(query.queryHash) : undefined;
      if (seen !== undefined && held.has(operationId)) set(operationId, unseen(changesOf(operationId), seen));
    }),
  ];
  return {
    /** Whether a query that shows these events is to be read again at once; else they are held. */
    isReadNow: (query: Query, events: readonly LiveEvent[]): boolean => {
      if (query.meta?.hold !== true || !query.isActive()) return true;
      const news = events.filter((event) => !isOwn(event));
      const before = changesOf(operationOf(query));
      if (news.length > 0)
        set(
          operationOf(query),
          new Map([...before, ...news.map(({ id, version }): [string, number] => [id, version])]),
        );
      return news.length < events.length;
    },
    release: (operationId: string) => set(operationId, new Map()),
    stop: () => stops.forEach((stop) => stop()),
  };
}
