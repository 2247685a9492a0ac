import type { RecordedFact } from './facts.ts';

const key = (...parts: readonly (string | null)[]): string => JSON.stringify(parts);

/** What is on record of one connection as done by others: no violation, and asked for by every way to read. */
export class RecordedFindings {
  readonly #known: ReadonlySet<string>;

  constructor(recorded: readonly RecordedFact[]) {
    this.#known = new Set(
      recorded.map(({ finding, container, objectId, principalId }) => {
        if (finding === 'bypass') return key(finding, principalId, objectId);
        return key(finding, container, finding === 'unknown_member' ? principalId : objectId);
      }),
    );
  }

  /** A role reads a table by itself, or is on record for all of them. */
  hasBypass(principal: string, relation: string): boolean {
    return this.#known.has(key('bypass', principal, null)) || this.#known.has(key('bypass', principal, relation));
  }

  hasMember(container: string, member: string): boolean {
    return this.#known.has(key('unknown_member', container, member));
  }

  hasObject(container: string, relation: string): boolean {
    return this.#known.has(key('extra_on_container', container, relation));
  }
}
