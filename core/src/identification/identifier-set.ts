import type { Identifier } from './identifier.ts';

/** What a domain says of one identifier. */
export type SetEntry = {
  readonly domainId: string;
  readonly identifierId: number;
  readonly isEnabled: boolean;
  /** Instead of the identifier's own; null leaves them. */
  readonly tags: readonly string[] | null;
};

/**
 * The identifiers that bear on a source of these domains, with the tags that they put there. Outside of any domain all of them do.
 * A domain may leave one out or put other tags in place of its own; in several domains, what any of them asks for holds.
 * @param ofDomain the domain an identifier was made for, which it stays in; null for everywhere
 */
export function identifiersOf(
  identifiers: readonly (Identifier & { readonly ofDomain: string | null })[],
  domainIds: readonly string[],
  entries: readonly SetEntry[],
): readonly Identifier[] {
  return identifiers.flatMap((identifier) => {
    if (identifier.ofDomain !== null && !domainIds.includes(identifier.ofDomain)) return [];
    if (domainIds.length === 0) return [identifier];
    const wanted = domainIds
      .filter((domainId) => identifier.ofDomain === null || identifier.ofDomain === domainId)
      .map((domainId) => entries.find((e) => e.domainId === domainId && e.identifierId === identifier.id))
      .filter((entry) => entry?.isEnabled !== false);
    if (wanted.length === 0) return [];
    const tags = wanted.flatMap((entry) => entry?.tags ?? identifier.tags);
    return [{ ...identifier, tags: [...new Set(tags)] }];
  });
}
